//! What every system of the simulator stands on: the clock, the faults, the log of calls, the ports,
//! and the ways to lock a state and to write a page. It knows none of the systems.

pub(crate) mod calls;
pub(crate) mod chance;
pub(crate) mod clock;
pub(crate) mod deed;
pub(crate) mod faults;
pub(crate) mod headers;
pub(crate) mod html;
pub(crate) mod notes;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod site;
