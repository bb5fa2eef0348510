// Package engine says what a workflow is and what may happen next.
//
// A workflow is a list of sentences: who may do what in which stage, leading
// where, on which conditions, under which article ([Rule]), and what falls due
// when ([DueRule]). Everything else is derived from them: decisions, refusals
// with all their grounds, deadlines, the outlook of a person, diagrams, the
// rulebook and the proofs of [Check].
//
// [Decide] and [Apply] are pure: they see a [Situation] and nothing else. The
// only way to change a case is [Engine.Act], the door: it loads, decides,
// seals one event into the case's hash chain and commits it together with the
// row. A case is the fold of its events and nothing more.
//
// The package knows no SQL, no HTTP and no clock; instants and the actor are
// parameters.
package engine
