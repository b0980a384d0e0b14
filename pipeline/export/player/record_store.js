"use strict";
/* A learning record store, asked and told by xAPI 1.0.3. */

window.Lectern = window.Lectern || {};

(() => {
  /** The platform's own words for what it did not do. */
  class Refused extends Error {
    constructor(status, text) {
      super(text);
      this.status = status;
    }

    /** Whether the same request may go through later. Without a status nobody answered. */
    get mayPass() {
      return !this.status || this.status === 408 || this.status === 429 || this.status >= 500;
    }
  }

  /** A request that goes on when its page is gone. Rejects with Refused. */
  async function request(address, options) {
    let answer;
    try {
      answer = await fetch(address, { keepalive: true, cache: "no-store", ...options });
    } catch (error) {
      throw new Refused(0, error.message);
    }
    if (!answer.ok) throw new Refused(answer.status, `${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** The platform's learning record store, in the name of one learner (xAPI 1.0.3, part 3). */
  class RecordStore {
    constructor(launch, token) {
      this.base = launch.endpoint.replace(/\/*$/, "/");
      this.agent = JSON.stringify(launch.actor);
      this.place = { activityId: launch.activityId, registration: launch.registration };
      this.headers = { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3" };
    }

    /** A document, or null where there is none. */
    async read(resource, query) {
      try {
        const answer = await request(this.address(resource, query), { headers: this.headers });
        return await answer.json();
      } catch (error) {
        if (error.status === 404) return null;
        throw error;
      }
    }

    state(stateId) {
      return this.read("activities/state", { ...this.place, stateId });
    }

    keep(stateId, value) {
      const query = { ...this.place, stateId };
      return this.write("PUT", this.address("activities/state", query), value);
    }

    /** One alone is put by its id: Open edX listens to nothing else. Several can only go together. */
    say(statements) {
      const [first, ...more] = statements;
      if (more.length) return this.write("POST", `${this.base}statements`, statements);
      return this.write("PUT", `${this.base}statements?statementId=${first.id}`, first);
    }

    write(method, address, value) {
      const headers = { ...this.headers, "Content-Type": "application/json" };
      return request(address, { method, headers, body: JSON.stringify(value) });
    }

    address(resource, query) {
      return `${this.base}${resource}?${new URLSearchParams({ ...query, agent: this.agent })}`;
    }
  }

  Lectern.xapi = { RecordStore, Refused, request };
})();
