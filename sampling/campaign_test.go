package sampling

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const faces = "3-6-1-4-2-5-6-3-1-1-2-4-6-5-3-2-1-6-4-5"

func campaign() Campaign {
	c := Campaign{ID: "training-2026", Count: 3}
	for i := range 10 {
		c.Candidates = append(c.Candidates, fmt.Sprintf("c%02d", i+1))
	}
	return c
}

func TestKnownCampaign(t *testing.T) {
	c := campaign()
	is(t, "digest", c.Digest(), "ff183025c0c1cb8e2513c197e97d09866143b0e48ab1128155fe7e91e1a7c44a")
	got, err := c.Draw(faces)
	if want := []string{"c01", "c09", "c02"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("drawn %v (%v), not %v", got, err, want)
	}
}

// The order of the list never matters; whatever else is changed shows in the
// digest.
func TestCampaignDependsOnListAndFacesAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	c := campaign()
	want, _ := c.Draw(faces)
	r.Shuffle(len(c.Candidates), func(i, j int) { c.Candidates[i], c.Candidates[j] = c.Candidates[j], c.Candidates[i] })
	before := slices.Clone(c.Candidates)
	if got, err := c.Draw(faces); err != nil || !slices.Equal(got, want) || !slices.Equal(c.Candidates, before) {
		t.Errorf("another order draws %v (%v)", got, err)
	}
	digest := c.Digest()
	for name, change := range map[string]func(*Campaign){
		"id":         func(c *Campaign) { c.ID = "training-2027" },
		"count":      func(c *Campaign) { c.Count = 4 },
		"candidates": func(c *Campaign) { c.Candidates = c.Candidates[1:] },
	} {
		other := c
		if change(&other); other.Digest() == digest {
			t.Errorf("another %s has the same digest", name)
		}
	}
}

// Over many throws everybody is drawn about as often.
func TestCampaignIsFair(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	c, seen := campaign(), map[string]int{}
	const throws = 4000
	for range throws {
		var f []string
		for range 20 {
			f = append(f, fmt.Sprint(1+r.IntN(6)))
		}
		drawn, err := c.Draw(strings.Join(f, "-"))
		if err != nil || len(drawn) != c.Count {
			t.Fatal(drawn, err)
		}
		for _, one := range drawn {
			seen[one]++
		}
	}
	for _, one := range c.Candidates { // 1200 are expected, 29 is a standard deviation
		if n := seen[one]; n < 1050 || n > 1350 {
			t.Errorf("%s was drawn %d times of %d", one, n, throws)
		}
	}
}

// A campaign's file holds as it was written, and no more after any change.
func TestCampaignBundle(t *testing.T) {
	c := campaign()
	drawn, err := c.Draw(faces)
	if err != nil {
		t.Fatal(err)
	}
	b := CampaignBundle{Campaign: c, Published: c.Digest(), Faces: faces, Drawn: drawn}
	var out strings.Builder
	if err := b.Encode(&out); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct {
		old, new string
		verdict  Verdict
		why      string
	}{
		"nothing":     {"", "", Holds, ""},
		"the list":    {"\"c05\",\n", "", Broken, "digest was published"},
		"the count":   {`"count":3`, `"count":2`, Broken, "digest was published"},
		"the faces":   {"3-6-1", "3-6-2", Broken, "what list and faces draw"},
		"the order":   {"\"c01\",\n\"c09\"", "\"c09\",\n\"c01\"", Broken, "what list and faces draw"},
		"too few":     {"-6-4-5", "", Broken, "17 throws"},
		"not drawn":   {"[\n\"c01\",\n\"c09\",\n\"c02\"]", "[]", Unknown, "nothing was drawn yet"},
		"the name":    {"training-2026", "training-2027", Broken, "digest was published"},
		"a candidate": {`"c05"`, `"c04"`, Broken, "is there twice"},
	} {
		text := strings.Replace(out.String(), change.old, change.new, 1)
		got, err := DecodeCampaign(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		faults := got.Verify()
		if Judge(faults) != change.verdict || change.why != "" && !strings.Contains(fmt.Sprint(faults), change.why) || change.old != "" && text == out.String() {
			t.Errorf("%s changed: %v", name, faults)
		}
	}
	for _, text := range []string{"", "{}", out.String()[:200], out.String() + "{}", strings.Replace(out.String(), CampaignFormat, BundleFormat, 1)} {
		if _, err := DecodeCampaign(strings.NewReader(text)); err == nil {
			t.Errorf("%.60q is read", text)
		}
	}
	b.Drawn = []string{"a b"}
	if err := b.Encode(io.Discard); err == nil {
		t.Error("what is no name is written")
	}
}

func TestCampaignsThatAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Campaign){
		"its identifier":     func(c *Campaign) { c.ID = "a\nb" },
		`candidate "c01" is`: func(c *Campaign) { c.Candidates[4] = "c01" },
		`candidate "c 1" is`: func(c *Campaign) { c.Candidates[4] = "c 1" },
		"11 to be drawn":     func(c *Campaign) { c.Count = 11 },
		"0 to be drawn":      func(c *Campaign) { c.Count = 0 },
	} {
		c := campaign()
		change(&c)
		if _, err := c.Draw(faces); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
	c := campaign()
	for bad, want := range map[string]string{
		faces[2:]: "19 throws", "": "0 throws", strings.Repeat("1-", 1000) + "1": "1001 throws",
		strings.Replace(faces, "6", "7", 1): "at throw 2", strings.Replace(faces, "-", "6", 1): "at throw 1",
		faces + "-": "at throw 20", " " + faces[1:]: "at throw 1",
	} {
		if _, err := c.Draw(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("faces %.50q, instead of %q: %v", bad, want, err)
		}
	}
}
