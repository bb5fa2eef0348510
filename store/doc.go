// Package store keeps cases, their events, the register and the claims in
// SQLite or PostgreSQL. It implements [engine.Store] and decides nothing.
//
// Data held: the rows of /migrations; in memory, per county, the part of the
// register that was asked for last.
//
// Guarantees.
//
//   - An act is kept whole or not at all, and durably before it is
//     acknowledged: SQLite syncs its log on every commit, PostgreSQL must not
//     have its durability switched off. Both are read back, not assumed.
//   - A case moves only from the seq that was expected; a claim has one
//     holder; an idempotency key one answer; a form serial is given out once.
//   - Nobody waits for a timer. Acts that only move their own case are written
//     in groups: a committer takes what waits (at most [maxBatch], one county,
//     each case once), writes it in one transaction and tells every caller the
//     outcome of its own act. Acts that claim, open or change the register,
//     and acts decided on claims or dependent cases, go alone.
//
// The register in memory. Every change of a county's register raises its
// version and leaves in register_changes what changed: entities, and the lists
// they stand in. A view notes what it answered from. When an act is kept, the
// same statement or transaction checks that the version in the database is the
// one memory stands at; if another process has moved on, memory learns what
// changed since, and an act whose view answered from that is stale. So an act,
// and a refusal, never rests on a register that has changed, whoever changed
// it. Plain reading may lag behind other processes, for up to a second.
//
// Writers of the register and acts that go alone lock the county's version
// row first, so they are serial within a county.
package store
