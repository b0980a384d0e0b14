/** Under which names answers are kept. What begins alike is forgotten together. */
export const keys = {
  me: ["me"] as const,
  sessions: ["sessions"] as const,
  apiKeys: ["api-keys"] as const,
  usage: ["usage"] as const,
  jobs: (filter?: object) => (filter ? (["jobs", "list", filter] as const) : (["jobs"] as const)),
  job: (id: string) => ["jobs", "one", id] as const,
  exports: (jobId: string) => ["jobs", "one", jobId, "exports"] as const,
  assets: (filter?: object) =>
    filter ? (["assets", "list", filter] as const) : (["assets"] as const),
  asset: (id: string) => ["assets", "one", id] as const,
  drafts: () => ["drafts"] as const,
  draft: (id: string) => ["drafts", "one", id] as const,
};
