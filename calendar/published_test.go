package calendar

import "testing"

func TestLoadRefusesSlips(t *testing.T) {
	for text, why := range map[string]string{
		`{`:            "not JSON",
		`{"years":{}}`: "no years",
		`{"years":{"0":{"off":{"x":["01-01"]}}}}`:                            "year out of range",
		`{"years":{"2027":{}}}`:                                              "no days off",
		`{"years":{"2027":{"off":{"元旦":["02-30"]}}}}`:                        "impossible day",
		`{"years":{"2027":{"off":{"":["01-01"]}}}}`:                          "no name",
		`{"years":{"2027":{"off":{"元旦":["01-01"],"x":["01-01"]}}}}`:          "off twice",
		`{"years":{"2027":{"off":{"元旦":["01-02"]},"work":{"x":["01-02"]}}}}`: "off and worked",
		`{"years":{"2027":{"off":{"元旦":["01-01"]},"work":{"x":["01-04"]}}}}`: "make-up day on a Monday",
	} {
		if _, err := load([]byte(text)); err == nil {
			t.Errorf("passes: %s", why)
		}
	}
}

// A gap between published years stays unpublished.
func TestLoadKeepsGaps(t *testing.T) {
	c, err := load([]byte(`{"years":{"2027":{"off":{"元旦":["01-01"]}},"2029":{"off":{"元旦":["01-01"]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if years := c.Years(); len(years) != 2 || !c.Published(2027) || c.Published(2028) || !c.Published(2029) {
		t.Errorf("published: %v", years)
	}
	if _, err := c.Workdays(On(2027, 12, 1), On(2029, 2, 1)); err == nil {
		t.Error("counts across the gap")
	}
}
