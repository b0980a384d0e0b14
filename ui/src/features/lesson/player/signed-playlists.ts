import {
  LoadStats,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type PlaylistLoaderContext,
} from "hls.js/light";
import { fetchSigned } from "@/client/api";
import { ApiProblem, problemOf } from "@/client/problem";

/**
 * Loads playlists as whoever is signed in: the media beside them have signed addresses, but the
 * playlist is the API's.
 */
export class SignedPlaylists implements Loader<PlaylistLoaderContext> {
  context: PlaylistLoaderContext | null = null;
  stats = new LoadStats();
  #stop = new AbortController();

  load(
    context: PlaylistLoaderContext,
    _: LoaderConfiguration,
    callbacks: LoaderCallbacks<PlaylistLoaderContext>,
  ): void {
    this.context = context;
    this.stats.loading.start = performance.now();
    void this.#load(context, callbacks);
  }

  abort(): void {
    this.stats.aborted = true;
    this.#stop.abort();
  }

  destroy(): void {
    this.abort();
    this.context = null;
  }

  async #load(
    context: PlaylistLoaderContext,
    { onSuccess, onError }: LoaderCallbacks<PlaylistLoaderContext>,
  ): Promise<void> {
    try {
      const data = await this.#read(context.url);
      if (this.#stop.signal.aborted) return;
      onSuccess({ url: context.url, data, code: 200 }, this.stats, context, null);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      // 0: nothing came back, which hls.js tries again
      const code = error instanceof ApiProblem ? error.status : 0;
      onError({ code, text: String(error) }, context, null, this.stats);
    }
  }

  async #read(url: string): Promise<string> {
    const response = await fetchSigned(new Request(url, { signal: this.#stop.signal }));
    this.stats.loading.first = performance.now();
    if (!response.ok) throw await problemOf(response);
    const data = await response.text();
    this.stats.loading.end = performance.now();
    this.stats.loaded = this.stats.total = data.length;
    return data;
  }
}
