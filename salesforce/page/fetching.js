// Wire adapters that ask the page's server, for what the platform reads through its own data service.

/** @param {(config: object) => string | undefined} address where a config is answered; undefined while it is not whole */
export function fetching(address) {
    return class {
        constructor(dataCallback) {
            this.dataCallback = dataCallback;
            adapters.add(this);
            dataCallback({ data: undefined, error: undefined });
        }

        update(config) {
            const next = address(config);
            if (next && next !== this.address) {
                this.address = next;
                this.load();
            }
        }

        connect() {}

        disconnect() {
            adapters.delete(this);
        }

        async load() {
            const answer = await fetch(this.address);
            const body = await answer.json();
            this.last = answer.ok
                ? { data: body, error: undefined }
                : { data: undefined, error: { body, status: answer.status } };
            this.dataCallback(this.last);
        }
    };
}

const adapters = new Set();

/** Reads again what a component has got from a wire. */
export function refresh(provisioned) {
    const waiting = [...adapters].filter((adapter) => adapter.last?.data && adapter.last.data === provisioned.data);
    return Promise.all(waiting.map((adapter) => adapter.load()));
}
