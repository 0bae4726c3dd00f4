trigger SessionTransitions on Support_Session__c(after update) {
    SurveyTransitionHandler.changed(Trigger.new, Trigger.oldMap);
}
