package sampling

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"slices"
)

// BundleFormat names the form of the file in its first member.
const BundleFormat = Version + "/bundle"

// Bundle is what is published when a quarter is closed (design, "Close and
// reveal"). Filings carry identifiers and no names of people. As a file it is
// one JSON object, described in doc/bundle.md.
type Bundle struct {
	Opening Opening
	Keys    Keys     // revealed, of every party
	Filings []Filing // all of the quarter, in any order
	Records []Record // of the points, in their order
	Lines   []Line   // drawn up to the last point, in any order
	Results []Result // one for each case of each drawn filing, in any order

	// Stated is the digest that stands in the file from which the bundle was
	// read; zeros if it was read from none.
	Stated Hash
}

// Record is what went into the ledger at a top-up point, before inspections
// began (design, "Top-up points").
type Record struct {
	Frame     Hash // Frame.Digest
	Selection Hash // Selection.Digest
}

// Digest is the SHA-256 of the file that [Bundle.Encode] writes, up to its last
// line, which states it. It covers everything in the bundle, keys and results
// included, in whatever order and spacing it was given.
func (b *Bundle) Digest() Hash {
	sum := sha256.New()
	_ = b.write(sum) // a hash takes everything
	return Hash(sum.Sum(nil))
}

// Encode writes the bundle as a file in its one canonical spelling: sorted, a
// filing, line or result on each line of the file, the digest on the last. What
// [Bundle.Stated] says does not matter. It refuses what could not be read back:
// a name that is none, or a number beyond six digits; whether the bundle holds
// is for [Verify].
func (b *Bundle) Encode(w io.Writer) error {
	if err := b.writable(); err != nil {
		return err
	}
	sum := sha256.New()
	if err := b.write(io.MultiWriter(w, sum)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\"digest\":\"%x\"}\n", sum.Sum(nil)); err != nil {
		return fmt.Errorf("sampling: write bundle: %w", err)
	}
	return nil
}

// write writes all members but the digest.
func (b *Bundle) write(w io.Writer) error {
	t := &text{w: w}
	t.b = fmt.Appendf(t.b, "{\"format\":%q,\n\"opening\":", BundleFormat)
	t.opening(&b.Opening)
	t.b = append(t.b, ",\n\"keys\":{"...)
	for i, party := range slices.Sorted(maps.Keys(b.Keys)) {
		key := b.Keys[party]
		t.b = fmt.Appendf(t.comma(i), "%q:\"%x\"", party, key[:])
	}
	t.b = append(t.b, "},\n"...)
	filings := inOrder(b.Filings, func(x, y *Filing) int { return cmp.Compare(x.N, y.N) })
	t.list("filings", len(filings), func(to []byte, i int) []byte { return filings[i].appendText(to) })
	t.b = append(t.b, "\"records\":["...)
	for i, r := range b.Records {
		t.b = fmt.Appendf(t.comma(i), "\n{\"frame\":\"%s\",\"selection\":\"%s\"}", r.Frame, r.Selection)
	}
	t.b = append(t.b, "\n],\n"...)
	lines := inOrder(b.Lines, byNumber)
	t.list("lines", len(lines), func(to []byte, i int) []byte { return lines[i].appendText(to) })
	results := inOrder(b.Results, byCase)
	t.list("results", len(results), func(to []byte, i int) []byte { return results[i].appendText(to) })
	t.flush()
	if t.err != nil {
		return fmt.Errorf("sampling: write bundle: %w", t.err)
	}
	return nil
}
