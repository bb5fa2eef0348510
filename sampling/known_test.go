package sampling

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const q = Quarter("420683/2026Q1")

// keys are those of the known answers: 00..1f and 20..3f.
func keys() Keys {
	var org, dic Key
	for i := range org {
		org[i], dic[i] = byte(i), byte(32+i)
	}
	return Keys{"org": org, "dic": dic}
}

func opening(points int, strata ...string) Opening {
	o := Opening{
		Algorithm: Version, Quarter: q, Quota: Ratio{3, 10}, Online: Ratio{3, 10}, Strata: strata, Points: points,
		Methods:      Weights{{"attend", 5}, {"visit", 3}, {"phone", 2}},
		TopUpMethods: Weights{{"visit", 6}, {"phone", 4}},
	}
	for _, party := range []string{"org", "dic"} {
		o.Commitments = append(o.Commitments, Commitment{party, keys()[party].Commit(party, q)})
	}
	return o
}

// ten are the filings of V2.
func ten() []Filing {
	var out []Filing
	for n := 1; n <= 10; n++ {
		out = append(out, Filing{N: n, Stratum: "t01", Branch: fmt.Sprintf("b%03d", n), Cases: []string{fmt.Sprint("c", n)}, Point: 1})
	}
	return out
}

func frame(t testing.TB, o Opening, filings []Filing) *Frame {
	t.Helper()
	f, err := NewFrame(o, filings)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func draw(t testing.TB, f *Frame, point int) Selection {
	t.Helper()
	s, err := f.Draw(point, keys().Lots(q))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func is(t *testing.T, what string, got fmt.Stringer, want string) {
	t.Helper()
	if got.String() != want {
		t.Errorf("%s is %s, not %s", what, got, want)
	}
}

func TestKnownBytes(t *testing.T) {
	org, dic := keys()["org"], keys()["dic"]
	is(t, "commitment org", org.Commit("org", q), "8ba019e69bfd290adc53b73712dd7f67afa1122fa9ebb1e7be41f16fe4e774a8")
	is(t, "commitment dic", dic.Commit("dic", q), "48615d6c2641a1de7e6914913385f4c6a7738e87e01a5e96f268c171892e9bd9")
	is(t, "share dic", dic.Share(q, 1), "67e18c1a6f7a34d5f634d98571f6f65735616bd4c5af9899b44ccb76e80559cf")
	is(t, "share org", org.Share(q, 1), "a9eee637b05fe85757b0bfd3fa8688b674c26deca15b18959c70f4fffca5a870")
	lot, _ := keys().Lots(q)(1)
	is(t, "ticket", lot.Ticket, "0d0fbafd5744621204ccfc3dc8a03585ea2e65e127f7858e3aaacb0509acb62c")
	is(t, "method", lot.Method, "4653e14c95840a956ff471ba39c4689c81c0f4ca93bcd3f1fc6e820e1a06e2a7")
	if got := Combine(q, 1, map[string]Hash{"org": org.Share(q, 1), "dic": dic.Share(q, 1)}); got != lot {
		t.Error("shares and keys make different lots")
	}
}

func TestKnownDraws(t *testing.T) {
	v1 := draw(t, frame(t, opening(1, "t01"), ten()[:1]), 1)
	is(t, "digest of V1", v1.Digest(), "9de980a1044ce6c4fd9e36fa6ddb85758cc443fb3a5999295c714c137c167edf")
	v2 := draw(t, frame(t, opening(1, "t01"), ten()), 1)
	is(t, "digest of V2", v2.Digest(), "702a6d42e662c7478ffe2438402cc685a7e46db88abfdaf0a2a41fbab87cb86f")
	var got []string
	for _, l := range v2.Lines {
		got = append(got, fmt.Sprint(l.N, l.Reason, l.Method))
	}
	if s := strings.Join(got, " "); s != "1onlineattend 5onlinevisit 9topupphone" {
		t.Errorf("V2 draws %s", s)
	}
	lots, before := keys().Lots(q), ""
	for i, want := range strings.Fields("1:0d0fbafd57446212 5:2222ff662e136423 9:66fb2a43a84c380b 6:73524e7cac2b065e 7:7fef817011fe6d4c " +
		"3:80325256b0beca35 2:a05c08ec6b01f561 8:c206ac31958cb338 4:eb67299d8f782dec 10:f4686efc5c88c987") {
		var n int
		var ticket string
		if _, err := fmt.Sscanf(strings.Replace(want, ":", " ", 1), "%d %s", &n, &ticket); err != nil {
			t.Fatal(err)
		}
		lot, _ := lots(n)
		if got := lot.Ticket.String(); got[:16] != ticket || i > 0 && got < before {
			t.Errorf("ticket %d is %s, not %s", n, got[:16], ticket)
		}
		before = lot.Ticket.String()
	}
}

func TestKnownFrames(t *testing.T) {
	is(t, "frame of V2", frame(t, opening(1, "t01"), ten()).Digest(1), "e3fb9a7bb9736b3e85429ed7eda2a644b592c047574b6f196bcd1eee90bcd7c4")
	filings := ten()
	for i := 5; i < 10; i++ {
		filings[i].Point = 2
	}
	f := frame(t, opening(2, "t01"), filings)
	is(t, "frame of point 1", f.Digest(1), "2f6cdac780cb07cc56a4dbecbc65307a235fc0b820e4d9f641aa80a60cb2da7e")
	is(t, "frame of point 2", f.Digest(2), "bf17501bb006166e6dfcf75e05cfb1450812bd2c9436911d23a35e4b541ce893")
}

func TestNeedOfTheTable(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 3: 1, 4: 2, 7: 3, 10: 3, 11: 4, 20: 6, 34: 11, 37: 12, 100: 30, 101: 31, 1000: 300} {
		if got := (Ratio{3, 10}).Need(n); got != want {
			t.Errorf("need(%d) is %d, not %d", n, got, want)
		}
	}
}

// Threshold and walk are what the formulas say of integers of any size.
func TestScaleIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	whole := new(big.Int).Lsh(big.NewInt(1), 256)
	for range 20_000 {
		m := 1 + r.IntN(most)
		var h Hash
		for i := range h {
			h[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 { // beside a threshold
			edge := new(big.Int).Div(new(big.Int).Mul(whole, big.NewInt(int64(r.IntN(m)))), big.NewInt(int64(m)))
			edge.Add(edge, big.NewInt(int64(r.IntN(2)))).FillBytes(h[:])
		}
		product := new(big.Int).Mul(new(big.Int).SetBytes(h[:]), big.NewInt(int64(m)))
		if want := new(big.Int).Rsh(product, 256).Int64(); int64(scale(h, m)) != want {
			t.Fatalf("scale(%s, %d) is %d, not %d", h, m, scale(h, m), want)
		}
		num := r.IntN(m + 1)
		below := product.Cmp(new(big.Int).Mul(whole, big.NewInt(int64(num)))) < 0
		if (Ratio{num, m}).Online(h) != below {
			t.Fatalf("online(%s, %d/%d) is not %v", h, num, m, below)
		}
	}
}

func TestQuarterIsByDateInChina(t *testing.T) {
	for at, want := range map[string]Quarter{
		"2026-03-31T15:59:59Z": "420683/2026Q1", "2026-03-31T16:00:00Z": "420683/2026Q2",
		"2025-12-31T16:00:00Z": "420683/2026Q1", "2026-12-31T15:59:59Z": "420683/2026Q4",
	} {
		meeting, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := QuarterOf("420683", meeting); got != want || err != nil {
			t.Errorf("%s lies in %s (%v), not %s", at, got, err, want)
		}
	}
	for _, bad := range []string{"", "42068/2026Q1", "420683/2026Q5", "420683/2026Q0", "420683-2026Q1", "420683/2026q1", "420683/2026Q1\n", "４20683/2026Q1"} {
		if _, err := ParseQuarter(bad); err == nil {
			t.Errorf("%q is read as a quarter", bad)
		}
	}
}

func TestIDs(t *testing.T) {
	for _, n := range []int{1, 42, MaxFilings} {
		if got, back, err := ParseID(q.ID(n)); got != q || back != n || err != nil {
			t.Errorf("%s is read as %s, %d (%v)", q.ID(n), got, back, err)
		}
	}
	for _, bad := range []string{"", "420683/2026Q1", "420683/2026Q1/1", "420683/2026Q1/000000", "420683/2026Q1/00000a", "x/000001"} {
		if _, _, err := ParseID(bad); err == nil {
			t.Errorf("%q is read as a filing", bad)
		}
	}
	h := keys()["org"].Share(q, 1)
	if got, err := ParseHash(h.String()); got != h || err != nil {
		t.Errorf("hash is read as %s (%v)", got, err)
	}
	for _, bad := range []string{"", h.String()[2:], h.String() + "00", strings.ToUpper(h.String())} {
		if _, err := ParseHash(bad); err == nil {
			t.Errorf("%q is read as a hash", bad)
		}
	}
}
