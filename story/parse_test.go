package story_test

import (
	"context"
	"strings"
	"testing"

	"jinchu/story"
)

// base is a story up to its first act, 9 lines long.
const base = `profile zaoyang
org committee beicheng 北城街道党工委
org branch dongyuan 东园党支部 in beicheng
person lin 1999-03-02 in dongyuan
member wu secretary of dongyuan
members 5 in dongyuan
staff chen committee-reviewer of beicheng
person ma 1998-03-02 in dongyuan

`

// TestParseErrors wants every slip found at its place.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ line, at, says string }{
		{"frobnicate x", "1:1", "unknown line"},
		{"2024-13-01 wu record-talk a1", "1:1", "not a date"},
		{"2024-03-01T25:00 clock", "1:1", "time of day"},
		{"2024-03-01", "1:11", "a date and nothing else"},
		{"org club x 名 in beicheng", "1:5", "not a kind of organization"},
		{"org branch x 名", "1:15", `add "in"`},
		{"org branch x 名 in nowhere", "1:19", `no organization is named "nowhere"`},
		{"org branch lin 名 in beicheng", "1:12", "is the name of a person already"},
		{"org branch Äx 名 in beicheng", "1:12", "cannot be a name"},
		{"org branch open 名 in beicheng", "1:12", "cannot be a name"},
		{"org branch x 名 in beicheng big", "1:28", "not a flag"},
		{"person x 张三 1999-03-02", "1:10", "made up"},
		{"person x 1999-02-30", "1:10", "not a date"},
		{"person x 1999-03-02 in dongyuan tall", "1:33", "not known of a person"},
		{"person x 1999-03-02 standing=saint", "1:21", "not a standing"},
		{"member x 1999-03-02", "1:20", `add "in"`},
		{"staff x emperor", "1:9", "not a post"},
		{"kin lin ma neighbours", "1:12", "not a degree"},
		{"kin lin nemo spouse", "1:9", `no person is named "nemo"`},
		{"plan beicheng 2026 many", "1:20", "not a number"},
		{"pool 2026 1-100", "1:11", "not a range"},
		{"sanction wu exile", "1:13", "not a sanction"},
		{"set kin.ban=yes", "1:1", "before all others"},
		{`2024-03-02 open admission a1 for lin by wu because "no end`, "1:52", "quote is not closed"},
		{"2024-03-02 open admission a1 for lin wu", "1:38", `expected "by"`},
		{"2024-03-02 open admission a1 for nemo by wu", "1:34", `no person is named "nemo"`},
		{"2024-03-02 open admission a1 for lin by ma", "1:41", "holds no office"},
		{"2024-03-02 open admission a1 for lin by wu ->", "1:46", "a stage"},
		{"2024-03-02 open admission a1 for lin by wu !!", "1:46", "an article"},
		{"2024-03-02 open admission a1 for lin by wu -> applied talked", "1:55", "not expected here"},
		{"2024-03-02 open admission a1 for lin by wu seen=x", "1:44", "seen="},
		{"2024-03-02 wu record-talk a1", "1:27", `no case is named "a1"`},
		{"2024-03-02 wu record-talk lin", "1:27", "is the name of a person, not of a case"},
		{"expect lin happy", "1:12", "cannot be expected of a person"},
		{"expect a9 stage x", "1:8", "no case or person"},
		{"expect lin standing happy", "1:21", "not a standing"},
		{"expect verify well", "1:15", `expected "ok"`},
		{"2024-03-02 both { open admission a1 for lin by wu }", "1:51", `expected "|"`},
		{"2024-03-02 both { open admission a1 for lin by wu | open admission a2 for lin by wu } -> some", "1:90", "not one, both or same"},
		{"fast-forward a1 to filed", "1:14", `no case is named "a1"`},
		{"2024-03-02 open supervision o1 by wu", "1:32", `or "in" and an organization`},
		{"2024-03-02 both { clock | wu }", "1:27", `expected "clock }"`},
		{"2024-03-02 find o1 supervision in dongyuan", "1:12", `unknown line "find"`},
		{"find o1 supervision", "1:20", `expected "part-of" and a case`},
		{"find o1 supervision part-of a1", "1:29", `no case is named "a1"`},
		{"find lin supervision in dongyuan", "1:6", "is the name of a person already"},
		{"expect supervision of lin 1", "1:23", `no case or organization is named "lin"`},
		{"expect supervision of dongyuan", "1:31", "expected a number"},
	} {
		_, err := story.Parse("s.txt", base+c.line)
		line, col, _ := strings.Cut(c.at, ":")
		want := "s.txt:" + map[string]string{"1": "10"}[line] + ":" + col + ": "
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q:\n got %v\nwant %s... %s", c.line, err, want, c.says)
		}
	}
	if _, err := story.Parse("s.txt", "# only a title\n\n"); err == nil {
		t.Error("an empty story is accepted")
	}
}

// TestMeaningErrors wants what only the regulation can tell to be an error
// with its place as well, not a failure of the story.
func TestMeaningErrors(t *testing.T) {
	open := "2024-03-02 open admission a1 for lin by wu\n"
	for _, c := range []struct{ lines, at, says string }{
		{"2024-03-02 open nonsense a1 for lin by wu", "10:17", `no workflow "nonsense"`},
		{open + "2024-03-03 wu dance a1", "11:15", `no action "dance"`},
		{open + "2024-03-03 wu record-talk a1 colour=red", "11:30", `a field "colour"`},
		{open + "2024-03-03 wu record-talk a1 talker=nemo", "11:30", `nobody is named "nemo"`},
		{open + "2024-03-03 wu record-talk a1 talker=dongyuan.9", "11:30", `nobody is named`},
		{open + "2024-03-03 wu record-talk a1 notes=x notes=y", "11:38", "stands twice"},
		{open + "fast-forward a1 to heaven", "11:20", `no stage "heaven"`},
		{open + "fast-forward a1 to withdrawn", "11:20", "does not lead on"},
		{open + "expect a1 fact colour red", "11:11", `a field "colour"`},
		{open + "expect a1 offers dance to wu", "11:11", `no action "dance"`},
		{open + "find o1 nonsense part-of a1", "11:9", `no workflow "nonsense"`},
		{open + "expect nonsense of a1 0", "11:8", `no workflow "nonsense"`},
	} {
		f, err := story.Parse("s.txt", base+c.lines)
		if err != nil {
			t.Fatal(err)
		}
		_, err = story.Run(context.Background(), f, driver(t))
		if err == nil || !strings.HasPrefix(err.Error(), "s.txt:"+c.at+": ") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q:\n got %v\nwant s.txt:%s: ... %s", c.lines, err, c.at, c.says)
		}
	}
	f, err := story.Parse("s.txt", "set no.such=1\n"+base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = story.Run(context.Background(), f, driver(t)); err == nil || !strings.HasPrefix(err.Error(), `s.txt:1:5: there is no parameter "no.such"`) {
		t.Errorf("unknown parameter: %v", err)
	}
}
