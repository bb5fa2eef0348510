package sampling

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

var bundles = flag.String("bundles", "", "folder in which BenchmarkVerify leaves its bundles")

// closed is the bundle of a quarter of these filings.
func closed(t testing.TB, o Opening, filings []Filing) *Bundle {
	t.Helper()
	f := frame(t, o, filings)
	last, err := f.draw(o.Points, keys().dealer(q))
	if err != nil {
		t.Fatal(err)
	}
	b := &Bundle{Opening: o, Keys: keys(), Filings: filings, Lines: last.Lines, Results: results(f, last.Lines)}
	selections := last.digests(o.Points)
	for i, digest := range f.digests(o.Points) {
		b.Records = append(b.Records, Record{digest, selections[i]})
	}
	return b
}

// quarter is one of 3 points, with a withdrawn filing in fifty and identifiers
// as long as real ones.
func quarter(filings, strata int) (Opening, []Filing) {
	o := opening(3)
	for s := range strata {
		o.Strata = append(o.Strata, fmt.Sprintf("4206831%05d", s))
	}
	all := make([]Filing, filings)
	for i := range all {
		stratum := o.Strata[i%strata]
		all[i] = Filing{N: i + 1, Stratum: stratum, Branch: fmt.Sprintf("%s%03d", stratum, i/strata%50),
			Cases: []string{fmt.Sprintf("%010d", i)}, Point: 1 + 3*i/filings}
		if i%50 == 0 {
			all[i].Withdrawn = i + 1
		}
	}
	return o, all
}

// counties is how 5,000,000 filings in 41,000 strata are parted: a quarter
// numbers fewer than a million. With -short it is a tenth of that.
func counties() (count, filings, strata int) {
	if testing.Short() {
		return 6, 83_333, 683
	}
	return 6, 833_333, 6_833
}

// BenchmarkDraw draws all counties, one after the other.
func BenchmarkDraw(b *testing.B) {
	count, filings, strata := counties()
	o, all := quarter(filings, strata)
	lots := keys().Lots(q)
	b.ReportAllocs()
	for b.Loop() {
		for range count {
			f := frame(b, o, all)
			if s, err := f.Draw(3, lots); err != nil || len(s.Lines) < filings*3/10*98/100 {
				b.Fatal(len(s.Lines), err)
			}
		}
	}
	report(b, count*filings)
}

// BenchmarkVerify reads and verifies the files of all counties, one after the
// other. With -bundles DIR they stay there, for
//
//	GOMAXPROCS=1 jinchu sample verify DIR/bundle-*.json
func BenchmarkVerify(b *testing.B) {
	count, filings, strata := counties()
	dir := *bundles
	if dir == "" {
		dir = b.TempDir()
	}
	paths := writeBundles(b, dir, count, filings, strata)
	b.ReportAllocs()
	for b.Loop() {
		for _, path := range paths {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			one, err := DecodeBundle(f)
			if err != nil {
				b.Fatal(err)
			}
			if faults := Verify(*one); len(faults) > 0 {
				b.Fatal(faults[0])
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	report(b, count*filings)
}

func writeBundles(b *testing.B, dir string, count, filings, strata int) (paths []string) {
	o, all := quarter(filings, strata)
	bundle := closed(b, o, all)
	for i := range count {
		path := filepath.Join(dir, fmt.Sprintf("bundle-%d.json", i+1))
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(f)
		if err := bundle.Encode(w); err != nil {
			b.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func report(b *testing.B, filings int) {
	took := b.Elapsed()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/float64(filings), "ns/filing")
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}
