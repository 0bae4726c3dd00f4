/** A feature of the base components that is switched off. */
export default { isOpen: () => false };
