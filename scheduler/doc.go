// Package scheduler does what falls due without anybody asking: it wakes by
// the clock and runs, of each job, the slots of its timetable that are due.
//
// Data held: a list of jobs, in memory. What was run stands in a [Book], which
// is the database: of each job a cursor, up to which its timetable is settled,
// and of each slot that was taken up one row.
//
// Cron only wakes; the book decides. So a server that was down, a host that was
// suspended, a clock that was set and a second server are nearly one case: what
// is due is computed from the cursor, and taken up if nobody else has.
//
// Guarantees.
//
//   - A slot that was done is not run again, whoever asks, unless it was done
//     by a clock that was ahead, and two servers never run one at the same
//     time. Jobs of a county run one after another, in the order of the list,
//     over all servers on the database: they may depend on each other.
//   - A run holds its slot by a lease of [Term] and renews it. A server that
//     dies in the middle loses the slot to another when the lease is over. A
//     lease cannot bind a server that was halted for longer than that and goes
//     on: its run is told to stop within a third of the term, and what it
//     recorded is done anyway, so that the other run finds it done. The clocks
//     of servers on one database agree within half a term.
//   - No slot is left out in silence. After a pause each job catches up by its
//     [Policy]: a backfilling one with every slot, at most [MaxCatchUp] at a
//     wake-up and the rest at the next ones; another one with the latest, for
//     which the earlier ones are not kept. What was skipped or given up says so
//     in its row, and the log names what was given up.
//   - A run that fails or panics stops nobody else. It is recorded by a short
//     code, told in the log, and tried again up to [MaxTries] times, a minute
//     later, then 4, 16, 64 and 256 minutes later. The cursor stays where it
//     is meanwhile. Then the slot is given up: its row says so for good, and
//     the next slot, which looks at everything that is due, is not kept
//     waiting any longer. A later slot of a job that needs only the latest one
//     stands for the failed one at once.
//   - A run that takes longer than [Limit] is told to stop. One that does not
//     heed it keeps its server from all other jobs, which the log says every
//     minute; another server goes on when the lease is over.
//   - The first wake-up of a job on a database begins its timetable: it has no
//     past to catch up. Who wants an earlier slot asks for it by [Scheduler.Do].
//   - A clock set back by less than a [Term] repeats nothing. What a clock that
//     was further ahead has settled does not count when its time comes: the
//     cursor is brought back to the present, and the slots are run again.
//   - After its clock has jumped ahead, a server begins nothing for the time of
//     [Calm], and one that was suspended likewise. A server that is started
//     under a clock that is wrong cannot know.
//   - Instants of timetables are read in Asia/Shanghai, a fixed zone without
//     zone data. Rows, errors and the log hold names of jobs, instants, numbers
//     and codes, never the text of an error of a job, which may name a person.
package scheduler
