package sampling

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// Campaign is an extra draw outside the quota (专项抽查): some of a list that
// anybody may know, drawn by dice that are thrown in public (design, "Extra draws
// by public dice for campaigns"). There is no secret and no key holder in it, so
// that the order of the steps is everything:
//
//  1. The list and the count are fixed and [Campaign.Digest] is published.
//  2. The dice are thrown before witnesses and their faces recorded.
//  3. Whoever has list and faces repeats [Campaign.Draw].
//
// The caller keeps the order and draws once under each identifier: a list that
// was made after the dice, or dice thrown again, draw whatever is wanted.
type Campaign struct {
	ID         string   // names the campaign, and no other one
	Candidates []string // identifiers, in any order, none twice
	Count      int      // how many are drawn, 1 to all of them
}

// Dice of six sides: twenty throws have 6^20 outcomes, about 2^51. Nobody who
// writes the list can try them all to find one that suits, loaded dice leave
// more than enough of them, and it is a minute's work at a table.
const (
	minThrows = 20
	maxThrows = 1000
)

// Check returns what keeps a campaign from being drawn, joined; nil if nothing
// does. Names are visible ASCII without commas, quotes and backslashes.
func (c *Campaign) Check() error {
	var errs []error
	if !isName(c.ID) {
		errs = append(errs, fmt.Errorf("sampling: campaign %q: its identifier is not a name", c.ID))
	}
	list := slices.Sorted(slices.Values(c.Candidates))
	for i, one := range list {
		if !isName(one) || i > 0 && one == list[i-1] {
			errs = append(errs, fmt.Errorf("sampling: campaign %s: candidate %q is not a name or is there twice", c.ID, one))
		}
	}
	if len(list) > MaxFilings {
		errs = append(errs, fmt.Errorf("sampling: campaign %s: %d candidates are more than %d", c.ID, len(list), MaxFilings))
	}
	if c.Count < 1 || c.Count > len(list) {
		errs = append(errs, fmt.Errorf("sampling: campaign %s: %d to be drawn is not 1 to %d", c.ID, c.Count, len(list)))
	}
	return errors.Join(errs...)
}

// Digest is what is published before the dice are thrown:
//
//	SHA256("spotcheck/v1/campaign-list" LF id LF count LF candidate LF candidate LF ...)
//
// with the candidates in byte order.
func (c *Campaign) Digest() Hash {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s/campaign-list\n%s\n%d\n", Version, c.ID, c.Count)
	for _, one := range slices.Sorted(slices.Values(c.Candidates)) {
		fmt.Fprintf(sum, "%s\n", one)
	}
	return Hash(sum.Sum(nil))
}

// Draw returns the candidates drawn by the faces of the dice, in the order of
// their tickets: lowest first, equal ones in byte order. A ticket is
//
//	SHA256("spotcheck/v1/campaign" LF id LF digest-hex LF faces LF candidate)
//
// Faces are as [CheckFaces] has them, "3-6-1-...". Any other form is an error,
// and so is what Check says.
func (c *Campaign) Draw(faces string) ([]string, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := CheckFaces(faces); err != nil {
		return nil, fmt.Errorf("sampling: campaign %s: %w", c.ID, err)
	}
	head := fmt.Sprintf("%s/campaign\n%s\n%s\n%s\n", Version, c.ID, c.Digest(), faces)
	drawn, tickets := slices.Sorted(slices.Values(c.Candidates)), make(map[string]Hash, len(c.Candidates))
	for _, one := range drawn {
		tickets[one] = sha256.Sum256([]byte(head + one))
	}
	slices.SortStableFunc(drawn, func(a, b string) int {
		x, y := tickets[a], tickets[b]
		return bytes.Compare(x[:], y[:])
	})
	return slices.Clip(drawn[:c.Count]), nil
}

// CheckFaces returns what keeps faces from being a throw; nil if nothing does.
// They are 1 to 6 in the order thrown, parted by dashes, 20 to 1000 of them.
func CheckFaces(faces string) error {
	throws := (len(faces) + 1) / 2
	if throws < minThrows || throws > maxThrows {
		return fmt.Errorf("%d throws of the dice are not %d to %d", throws, minThrows, maxThrows)
	}
	for i := range len(faces) {
		face := faces[i] >= '1' && faces[i] <= '6'
		if i%2 == 0 && !face || i%2 == 1 && faces[i] != '-' || i == len(faces)-1 && !face {
			return fmt.Errorf("the faces are not like 3-6-1: %q stands at throw %d", faces[i], i/2+1)
		}
	}
	return nil
}
