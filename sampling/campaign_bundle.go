package sampling

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// CampaignFormat names the form of a campaign's file in its first member.
const CampaignFormat = Version + "/campaign"

// CampaignBundle is what is published of a campaign: with it anybody repeats
// the draw. As a file it is one JSON object, described in doc/bundle.md.
type CampaignBundle struct {
	Campaign
	Published Hash     // the digest of the list as published before the throw
	Faces     string   // "" before the throw
	Drawn     []string // lowest ticket first; none before the draw
}

// Encode writes the bundle as a file in its one canonical spelling. It refuses
// what [Campaign.Check] does, and whatever is no name.
func (b *CampaignBundle) Encode(w io.Writer) error {
	s := &spelling{err: b.Check()}
	s.names("drawn", len(b.Drawn), b.Drawn...)
	if b.Faces != "" {
		s.names("faces", 0, b.Faces)
	}
	if s.err != nil {
		return s.err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "{\"format\":%q,\n\"campaign\":%q,\n\"count\":%d,\n", CampaignFormat, b.ID, b.Count)
	list(out, "candidates", slices.Sorted(slices.Values(b.Candidates)))
	if b.Faces != "" {
		fmt.Fprintf(out, "\"faces\":%q,\n", b.Faces)
	}
	list(out, "drawn", b.Drawn)
	fmt.Fprintf(out, "\"list_digest\":%q}\n", b.Published)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sampling: write campaign: %w", err)
	}
	return nil
}

// list writes names, one on each line of the file.
func list(out io.Writer, member string, names []string) {
	fmt.Fprintf(out, "%q:[", member)
	for i, name := range names {
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprintf(out, "\n%q", name)
	}
	fmt.Fprint(out, "],\n")
}

// DecodeCampaign reads a campaign's file as strictly as [DecodeBundle] reads a
// quarter's. Whether it holds is for [CampaignBundle.Verify].
func DecodeCampaign(r io.Reader) (*CampaignBundle, error) {
	s, b := newScanner(r, maxFile), &CampaignBundle{}
	s.object(
		member{name: "format", read: s.campaignFormat},
		member{name: "campaign", read: func() { b.ID = s.text() }},
		member{name: "count", read: func() { b.Count = s.integer() }},
		member{name: "candidates", read: func() { b.Candidates = gather(s, s.text) }},
		member{name: "faces", read: func() { b.Faces = s.text() }, may: true},
		member{name: "drawn", read: func() { b.Drawn = gather(s, s.text) }},
		member{name: "list_digest", read: func() { b.Published = s.hash() }},
	)
	s.end()
	if s.err != nil {
		return nil, s.err
	}
	return b, nil
}

func (s *scanner) campaignFormat() {
	if f := s.text(); f != CampaignFormat {
		s.fail("the format is %.40q and not %s", f, CampaignFormat)
	}
}

// Verify repeats the draw of a campaign and returns what does not hold, nothing
// if all does. A campaign that was not thrown or drawn yet cannot be told; see
// [Judge]. That the list is the one published, and the faces those thrown, only
// the county's log and the witnesses tell.
func (b *CampaignBundle) Verify() []Fault {
	if err := b.Check(); err != nil {
		return []Fault{{Part: PartOpening, Why: err.Error()}}
	}
	if b.Published != b.Digest() {
		return []Fault{{Part: PartDigest, Why: "the list is not the one whose digest was published"}}
	}
	if len(b.Drawn) == 0 {
		return []Fault{{Part: PartSelection, Why: "nothing was drawn yet", Open: true}}
	}
	drawn, err := b.Draw(b.Faces)
	switch {
	case err != nil:
		return []Fault{{Part: PartSelection, Why: err.Error()}}
	case !slices.Equal(drawn, b.Drawn):
		return []Fault{{Part: PartSelection, Why: "it is not what list and faces draw"}}
	}
	return nil
}
