// Package keyholder holds one party's key of the draw, and asks the others for
// theirs.
//
// A draw that no single office can foresee needs a second secret in other hands:
// the discipline commission runs [Serve] on a machine of its own, and the
// organization department asks it through [Remote] for the share of each filing.
// Whoever asks gets an answer or an error within seconds; on an error the filing
// is checked in any case ([sampling.Failsafe]), so that keeping silent steers
// nothing.
//
// It guarantees:
//
//   - The keys of all quarters come from one master secret by
//     [sampling.DeriveKey]; no key or share is printed or logged.
//   - Shares are given out in the order of the filings' numbers, so that none
//     can be had long before its filing without having the ones between; each is
//     first put on record with the instant, durably, and the record can be laid
//     beside the filings' afterwards. Asking ahead is thereby not impossible, but
//     it stays on record in the hands of the party that was asked. What was asked
//     for at its time is sealed in the asker's database: who has that and its
//     master key foresees the draw of the filings made so far, and no others.
//   - The key of a quarter is given out from the first day after it on, by the
//     clock of the party that holds it, in China.
//   - A share that is well-formed and false shows when the key is revealed:
//     [sampling.Verify] names it.
//
// There is no TLS in it: on a network that others can listen to, a reverse proxy
// with a certificate stands before the server, and [Remote] asks by http on its
// own machine only. It reads no clock of its own.
package keyholder
