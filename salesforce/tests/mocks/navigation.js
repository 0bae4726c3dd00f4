// Keeps what a component asked the platform to open.
const Navigate = Symbol("Navigate");

export const navigated = jest.fn();

export const NavigationMixin = (Base) =>
    class extends Base {
        [Navigate](where) {
            navigated(where);
        }
    };
NavigationMixin.Navigate = Navigate;
