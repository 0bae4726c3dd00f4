//! The language in which the appliance says what went wrong: the one that its administrator chose.
//!
//! The sentences of the other languages are this simulator's own; a client must not know them.

use super::state::State;
use crate::common::faults::FaultName;

/// What a report says that found no session.
pub(super) const NO_SESSION_REPORT: &str =
    "No Support report information matching your chosen criteria is available.";
/// What a survey report says that found none.
pub(super) const NO_SURVEY: &str =
    "No survey information matching your chosen criteria is available.";
/// What is said to an account that lacks a permission.
pub(super) const NO_PERMISSION: &str = "You do not have permission to perform this action.";
/// What is said of a representative who is not logged in.
pub(super) const NOT_AVAILABLE: &str =
    "Requested support representative is not available at this time";

/// Each sentence in English, French and German.
const SENTENCES: [[&str; 3]; 9] = [
    [
        NO_SESSION_REPORT,
        "Aucun rapport d'assistance ne correspond aux critères choisis.",
        "Zu den gewählten Kriterien liegen keine Supportberichte vor.",
    ],
    [
        NO_SURVEY,
        "Aucune enquête ne correspond aux critères choisis.",
        "Zu den gewählten Kriterien liegen keine Umfragen vor.",
    ],
    [
        NO_PERMISSION,
        "Vous n'êtes pas autorisé à effectuer cette action.",
        "Sie sind zu dieser Aktion nicht berechtigt.",
    ],
    [
        NOT_AVAILABLE,
        "Le technicien demandé n'est pas disponible pour le moment",
        "Der angeforderte Techniker ist zurzeit nicht verfügbar",
    ],
    [
        "The representative could not be found",
        "Le technicien est introuvable",
        "Der Techniker wurde nicht gefunden",
    ],
    [
        "The session could not be found",
        "La session est introuvable",
        "Die Sitzung wurde nicht gefunden",
    ],
    ["The parameter is not known", "Le paramètre est inconnu", "Der Parameter ist unbekannt"],
    ["The value is not valid", "La valeur n'est pas valide", "Der Wert ist ungültig"],
    [
        "Error validating parameter",
        "Erreur lors de la validation du paramètre",
        "Fehler beim Prüfen des Parameters",
    ],
];

/// A sentence as the appliance says it.
pub(super) fn said(state: &State, text: &str) -> String {
    let language = state.faults().text(FaultName::Language);
    let column = match language.as_deref() {
        None => return text.to_owned(),
        Some("de") => 2,
        Some(_) => 1,
    };
    SENTENCES.iter().fold(text.to_owned(), |text, row| text.replace(row[0], row[column]))
}
