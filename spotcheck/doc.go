// Package spotcheck runs a quarter's draw: it opens the quarter, asks the
// parties for their shares, tells the inspectors, draws at the top-up points,
// and closes and publishes.
//
// It holds no data. What it decides follows from the register and the keys
// alone, by package sampling; what it does goes through the engine, as the
// calendar's acts and changes. Every step can be repeated at any time, by
// several servers, and after a death in its middle: what was recorded is not
// recorded again, and what is missing is made up for.
//
// Guarantees. A point's frame and selection are on record before any check
// that it draws is opened, and nothing that waits for the point is approved
// before all of them are. A check is opened once for a filing and a case.
// Before the inspectors are told, nothing that a branch, a committee or
// anybody else can read tells whether a filing is drawn; shares are kept
// sealed, and everybody's filing has them.
package spotcheck
