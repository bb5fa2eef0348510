package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jinchu/sampling"
)

// published is a bundle of one quarter of 20 filings in a file, and its digest.
func published(t *testing.T) (text, digest string) {
	t.Helper()
	const q = sampling.Quarter("420683/2026Q1")
	keys := sampling.Keys{"org": {1}, "dic": {2}}
	o := sampling.Opening{Algorithm: sampling.Version, Quarter: q, Quota: sampling.Ratio{Num: 3, Den: 10}, Online: sampling.Ratio{Num: 3, Den: 10},
		Strata: []string{"t01"}, Methods: sampling.Weights{{Method: "attend", Weight: 5}, {Method: "visit", Weight: 3}},
		TopUpMethods: sampling.Weights{{Method: "visit", Weight: 6}}, Points: 1}
	for _, party := range []string{"dic", "org"} {
		o.Commitments = append(o.Commitments, sampling.Commitment{Party: party, Hash: keys[party].Commit(party, q)})
	}
	b := sampling.Bundle{Opening: o, Keys: keys}
	for n := 1; n <= 20; n++ {
		b.Filings = append(b.Filings, sampling.Filing{N: n, Stratum: "t01", Branch: fmt.Sprintf("b%02d", n), Cases: []string{fmt.Sprintf("c%02d", n)}, Point: 1})
	}
	frame, err := sampling.NewFrame(o, b.Filings)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := frame.Draw(1, keys.Lots(q))
	if err != nil {
		t.Fatal(err)
	}
	b.Records, b.Lines = []sampling.Record{{Frame: frame.Digest(1), Selection: drawn.Digest()}}, drawn.Lines
	for i, l := range drawn.Lines {
		b.Results = append(b.Results, sampling.Result{N: l.N, Case: fmt.Sprintf("c%02d", l.N), Check: fmt.Sprint("k", i),
			Outcome: []sampling.Outcome{sampling.Passed, sampling.Failed}[i%2], Method: l.Method, On: "2026-03-05"})
	}
	var out bytes.Buffer
	if err := b.Encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.String(), b.Digest().String()
}

// exits runs the command and returns its exit status with what it printed.
func exits(t *testing.T, args ...string) (int, string) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = out, out
	code := run(t.Context(), args)
	os.Stdout, os.Stderr = stdout, stderr
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text)
}

func TestSampleVerify(t *testing.T) {
	text, digest := published(t)
	path := func(text string) string {
		name := filepath.Join(t.TempDir(), "bundle.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	change := func(old, new string) string {
		changed := strings.Replace(text, old, new, 1)
		if changed == text {
			t.Fatalf("%q is not in the bundle", old)
		}
		return path(changed)
	}
	right := path(text)
	_, org, _ := strings.Cut(text, `"org":"`)
	unrevealed := strings.Replace(text, `,"org":"`+org[:64]+`"`, "", 1)
	for _, c := range []struct {
		name string
		args []string
		want int
		says string
	}{
		{"right", []string{right}, 0, "成立 holds"},
		{"several", []string{right, right}, 0, digest},
		{"the published one", []string{"--digest", digest, right}, 0, "20 filings"},
		{"another one", []string{"--digest", strings.Repeat("0a", 32), right}, 1, "it is not the published one"},
		{"filing dropped", []string{change("\"000003 t01 b03 1 000000 - c03\",\n", "")}, 1, "备案名单 · frame: sampling: filing 20"},
		{"renumbered", []string{change("000003 t01 b03", "000004 t01 b03")}, 1, "filing 4: its number is there twice"},
		{"weight", []string{change(`"weight":6`, `"weight":7`)}, 1, "资料包摘要 · digest"},
		{"seed", []string{change(`"org":"01`, `"org":"02`)}, 1, "密钥 · key of org: it is not the one committed to"},
		{"result", []string{change(" passed ", " failed ")}, 1, "资料包摘要 · digest"},
		{"one of two", []string{right, change(`"quota":"3/10"`, `"quota":"4/10"`)}, 1, "selection of point 1"},
		{"cut off", []string{path(text[:len(text)/2])}, 2, "it was cut off"},
		{"broken and unreadable", []string{path("{"), change(" passed ", " failed ")}, 1, "cannot be read"},
		{"unrevealed", []string{path(restated(t, unrevealed))}, 2, "?? 密钥 · key of org: it was not revealed"},
		{"no file", []string{filepath.Join(t.TempDir(), "none")}, 2, "no such file"},
		{"digest of two", []string{"--digest", digest, right, right}, 2, "--digest is that of one bundle"},
		{"no digest", []string{"--digest", "x", right}, 2, "is not a hash"},
		{"nothing", nil, 2, "expected"},
	} {
		code, out := exits(t, append([]string{"sample", "verify"}, c.args...)...)
		if code != c.want || !strings.Contains(out, c.says) {
			t.Errorf("%s: exit status %d instead of %d, %q expected in\n%s", c.name, code, c.want, c.says, out)
		}
	}
}

// restated is the bundle with the digest that fits.
func restated(t *testing.T, text string) string {
	t.Helper()
	b, err := sampling.DecodeBundle(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSampleCampaign draws for a campaign as the parties do: the digest first,
// which needs no dice, then the draw, which anybody repeats.
func TestSampleCampaign(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("a\nb\nc\nd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	campaign := sampling.Campaign{ID: "2026-rectify", Candidates: []string{"d", "c", "b", "a"}, Count: 2}
	const faces = "1-2-3-4-5-6-1-2-3-4-5-6-1-2-3-4-5-6-1-2"
	drawn, err := campaign.Draw(faces)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--name", "2026-rectify", "--count", "2"}, 0, campaign.Digest().String()},
		{[]string{"--name", "2026-rectify", "--count", "2", "--faces", faces}, 0, strings.Join(drawn, "\n") + "\n"},
		{[]string{"--name", "2026-rectify", "--count", "2", "--faces", "1-2-3"}, 2, "20 to 1000"},
		{[]string{"--name", "2026-rectify", "--count", "5"}, 2, "5 to be drawn"},
	} {
		code, out := exits(t, slices.Concat([]string{"sample", "campaign"}, c.args, []string{list})...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit %d, %s", c.args, code, out)
		}
	}
}

// TestSampleVerifyCampaign tells a campaign's file from a quarter's.
func TestSampleVerifyCampaign(t *testing.T) {
	b := sampling.CampaignBundle{Campaign: sampling.Campaign{ID: "420683/rectify", Candidates: []string{"a", "b", "c", "d"}, Count: 2}, Faces: "1-2-3-4-5-6-1-2-3-4-5-6-1-2-3-4-5-6-1-2"}
	drawn, err := b.Draw(b.Faces)
	if err != nil {
		t.Fatal(err)
	}
	b.Drawn, b.Published = drawn, b.Digest()
	var text bytes.Buffer
	if err := b.Encode(&text); err != nil {
		t.Fatal(err)
	}
	digest := b.Published.String()
	for _, c := range []struct {
		text string
		args []string
		code int
		want string
	}{
		{text.String(), []string{"--digest", digest}, 0, "成立 holds"},
		{text.String(), []string{"--digest", strings.Repeat("0a", 32)}, 1, "another list"},
		{strings.Replace(text.String(), "1-2-3", "1-2-4", 1), nil, 1, "what list and faces draw"},
		{text.String()[:text.Len()-80], nil, 2, "cut off"},
	} {
		path := filepath.Join(t.TempDir(), "campaign.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out := exits(t, append([]string{"sample", "verify", path}, c.args...)...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit status %d, %s", c.args, code, out)
		}
	}
}
