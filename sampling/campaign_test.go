package sampling

import (
	"fmt"
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
