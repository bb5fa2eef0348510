// Package supervise does what the calendar does for supervision: raises what
// is overdue step by step, and gathers the figures that are published.
//
// Purpose: [Sweep] puts every deadline that has passed under a supervision
// order and raises the order, level by level, as long as nobody answers it.
// [Jobs] share the deadlines out among the named jobs, which share one sweep in
// a [Round]. Data held: none, but for what became of a sweep until it is told.
//
// Guarantees: a deadline of a case is raised once, and every level of an order
// once, however often a sweep runs, on however many servers, and wherever it
// was interrupted. A level that was missed is dated the day it was due and
// marked as recorded later. Every step is one act of its own through the
// engine's door; nothing is locked between two of them. The texts of an order
// name no person.
package supervise
