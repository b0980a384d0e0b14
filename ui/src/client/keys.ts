/** Under which names answers are kept. What begins alike is forgotten together. */
export const keys = {
  me: ["me"] as const,
  sessions: ["sessions"] as const,
  apiKeys: ["api-keys"] as const,
  usage: ["usage"] as const,
  webhooks: ["webhooks"] as const,
  webhook: (id: string) => ["webhooks", "one", id] as const,
  deliveries: (webhookId: string) => ["webhooks", "one", webhookId, "deliveries"] as const,
  batches: (filter?: object) =>
    filter ? (["batches", "list", filter] as const) : (["batches"] as const),
  batch: (id: string) => ["batches", "one", id] as const,
  batchItems: (id: string) => ["batches", "one", id, "items"] as const,
  users: (filter?: object) =>
    filter ? (["users", "list", filter] as const) : (["users"] as const),
  user: (id: string) => ["users", "one", id] as const,
  unprovedConsents: ["unproved-consents"] as const,
  audit: (filter: object) => ["audit", filter] as const,
  capacity: ["capacity"] as const,
  jobs: (filter?: object) => (filter ? (["jobs", "list", filter] as const) : (["jobs"] as const)),
  job: (id: string) => ["jobs", "one", id] as const,
  exports: (jobId: string) => ["jobs", "one", jobId, "exports"] as const,
  assets: (filter?: object) =>
    filter ? (["assets", "list", filter] as const) : (["assets"] as const),
  asset: (id: string) => ["assets", "one", id] as const,
  drafts: () => ["drafts"] as const,
  draft: (id: string) => ["drafts", "one", id] as const,
};
