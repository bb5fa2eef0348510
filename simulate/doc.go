// Package simulate plays the admission work of a county with made-up people,
// for demonstrations and for measuring: towns, villages and communities with
// their members and officers, people who apply, and what becomes of them over
// some years, mistakes included.
//
// It holds no data of its own and decides nothing: everything goes through
// [engine.Engine], each act on its own day, so that the county afterwards is
// one that people could have worked in. A refusal is part of the play; any
// other failure ends it.
//
// Guarantees. The same engine rules, [Config] and seed give the same acts,
// refusals and [Report] on any store, however its commits interleave: lives
// are woken one after another in a fixed order, and what is done side by side
// depends on nothing that is done beside it. Nobody in it exists: a name is a
// surname and 示例, an ID number begins with 99, which no area has.
package simulate
