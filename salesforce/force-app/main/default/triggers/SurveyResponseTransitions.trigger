trigger SurveyResponseTransitions on Support_Session_Survey_Response__c(after insert, after update) {
    SurveyTransitionHandler.answered(Trigger.new);
}
