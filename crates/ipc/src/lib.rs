//! Commands, events and wire types between the windows and the app.
