//! Every use case of Casebridge, without a window.
