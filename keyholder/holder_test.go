package keyholder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/sampling"
)

const (
	q     = sampling.Quarter("420683/2026Q3")
	token = "a token of the test"
)

var master = bytes.Repeat([]byte{7}, sampling.MasterLen)

func own(t *testing.T) Holder {
	t.Helper()
	h, err := Local("dic", master)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// house is a serving holder, its clock and its folder.
type house struct {
	now    time.Time
	dir    string
	record *Record
	log    bytes.Buffer
	*httptest.Server
}

func serve(t *testing.T, dir string) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 9, 30, 23, 59, 59, 0, china), dir: dir}
	var err error
	if h.record, err = OpenRecord(dir); err != nil {
		t.Fatal(err)
	}
	h.Server = httptest.NewServer(Serve(Config{Holder: own(t), Record: h.record, Token: sha256.Sum256([]byte(token)),
		Now: func() time.Time { return h.now }, Log: slog.New(slog.NewTextHandler(&h.log, nil))}))
	t.Cleanup(h.stop)
	return h
}

func (h *house) stop() {
	h.Server.Close()
	_ = h.record.Close() // twice is no harm
}

// ask is the other side.
func ask(t *testing.T, url, token string, patience time.Duration) Holder {
	t.Helper()
	r, err := Remote("dic", url, token, &http.Client{Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wants(t *testing.T, what string, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: instead of %q: %v", what, want, err)
	}
}

func TestRemoteIsLikeLocal(t *testing.T) {
	h, ctx := serve(t, t.TempDir()), t.Context()
	here, there := own(t), ask(t, h.URL, token, time.Minute)
	a, err := here.Commit(ctx, q)
	b, err2 := there.Commit(ctx, q)
	if a != b || err != nil || err2 != nil {
		t.Errorf("commitments %s and %s (%v, %v)", a, b, err, err2)
	}
	for _, n := range []int{1, 2, 2, 1, 3} {
		a, err := here.Share(ctx, q, n)
		b, err2 := there.Share(ctx, q, n)
		if a != b || err != nil || err2 != nil {
			t.Errorf("shares of %d: %s and %s (%v, %v)", n, a, b, err, err2)
		}
	}
	h.now = q.End()
	k, err := here.Reveal(ctx, q)
	l, err2 := there.Reveal(ctx, q)
	if k != l || err != nil || err2 != nil || k.Commit("dic", q) != a {
		t.Errorf("the keys differ, or are not what was committed to (%v, %v)", err, err2)
	}
	if here.Party() != "dic" || there.Party() != "dic" {
		t.Error("another party")
	}
}

// Nobody is told a share by leaving out those before it, nor a key before the
// quarter is over in China.
func TestNoOracle(t *testing.T) {
	h, ctx := serve(t, t.TempDir()), t.Context()
	r := ask(t, h.URL, token, time.Minute).(*remote)
	for _, n := range []int{2, 999_999} {
		_, err := r.ask(ctx, http.MethodPost, q, askShare, n)
		wants(t, "ahead", err, "409 not-next")
	}
	if _, err := r.Share(ctx, q, 1); err != nil {
		t.Fatal(err)
	}
	_, err := r.ask(ctx, http.MethodPost, q, askShare, 3)
	wants(t, "ahead of 2", err, "409 not-next")
	_, err = r.ask(ctx, http.MethodPost, "420683/2026Q4", askShare, 2)
	wants(t, "ahead in another quarter", err, "409 not-next")
	_, err = r.Reveal(ctx, q)
	wants(t, "key", err, "403 too-early")
	h.now = h.now.Add(time.Second)
	if _, err := r.Reveal(ctx, q); err != nil {
		t.Errorf("key after the quarter: %v", err)
	}
	for _, wrong := range []string{"another", ""} {
		bad := ask(t, h.URL, token+wrong, time.Minute).(*remote)
		bad.token = wrong
		_, err := bad.Share(ctx, q, 1)
		wants(t, "token "+wrong, err, "401 bad-token")
	}
}

// What was asked is on record with its instant, before and after a restart.
func TestRestartRemembers(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	h := serve(t, dir)
	r := ask(t, h.URL, token, time.Minute)
	for n := 1; n <= 3; n++ {
		if _, err := r.Share(ctx, q, n); err != nil {
			t.Fatal(err)
		}
	}
	h.stop()
	path := filepath.Join(dir, RecordFile)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("2026-09-30T23:59:59.0000"); err != nil { // the power fails
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h = serve(t, dir)
	if h.record.Torn != len("2026-09-30T23:59:59.0000") {
		t.Errorf("%d bytes of a torn line", h.record.Torn)
	}
	again := ask(t, h.URL, token, time.Minute).(*remote)
	_, err = again.ask(ctx, http.MethodPost, q, askShare, 5)
	wants(t, "ahead after the restart", err, "409 not-next")
	if _, err := again.Share(ctx, q, 4); err != nil {
		t.Error(err)
	}
	h.now = q.End()
	for range 2 {
		if _, err := again.Reveal(ctx, q); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(path)
	want := ""
	for n := 1; n <= 4; n++ {
		want += fmt.Sprintf("2026-09-30T23:59:59.000000+08:00 420683/2026Q3 %06d\n", n)
	}
	want += "2026-10-01T00:00:00.000000+08:00 420683/2026Q3 key\n"
	if string(text) != want || err != nil {
		t.Errorf("record (%v):\n%swant:\n%s", err, text, want)
	}
}

// One failure does not keep the later shares away.
func TestShareCatchesUp(t *testing.T) {
	h, ctx := serve(t, t.TempDir()), t.Context()
	var wg sync.WaitGroup
	for n := range 8 { // all at once, in no order
		wg.Go(func() {
			want, _ := own(t).Share(ctx, q, n+3)
			if got, err := ask(t, h.URL, token, time.Minute).Share(ctx, q, n+3); got != want || err != nil {
				t.Errorf("share %d: %v", n+3, err)
			}
		})
	}
	wg.Wait()
	if h.record.highest[q] != 10 {
		t.Errorf("asked up to %d", h.record.highest[q])
	}
}

func TestRecordsThatAreRefused(t *testing.T) {
	const first = "2026-07-01T09:00:00.000000+08:00 420683/2026Q3 000001\n"
	for text, want := range map[string]string{
		first + strings.Replace(first, "000001\n", "000003\n", 1): "line 2 is damaged or out of order",
		first + first: "line 2",
		strings.Replace(first, "2026-07", "2026-13", 1):  "line 1",
		strings.Replace(first, "2026Q3", "2026Q5", 1):    "line 1",
		strings.Replace(first, "000001\n", "1\n", 1):     "line 1",
		strings.Replace(first, "000001\n", "000001 ", 1): "",
		"\n" + first: "line 1",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, RecordFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := OpenRecord(dir)
		if want != "" {
			wants(t, text, err, want)
			continue
		}
		if err != nil || r.Torn != len(text) {
			t.Errorf("%q: %v", text, err)
		}
	}
	wants(t, "no folder", func() error { _, err := OpenRecord(filepath.Join(t.TempDir(), "none")); return err }(), RecordFile)
}

// A second process on the record would answer what the first has not asked.
func TestOneProcessKeepsTheRecord(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	one, two := serve(t, dir), serve(t, dir)
	if _, err := ask(t, one.URL, token, time.Minute).Share(ctx, q, 1); err != nil {
		t.Fatal(err)
	}
	_, err := ask(t, two.URL, token, time.Minute).Share(ctx, q, 1)
	wants(t, "second process", err, "503 unavailable")
	if !strings.Contains(two.log.String(), "another process writes to it") || strings.Contains(two.log.String(), token) {
		t.Errorf("log: %s", two.log.String())
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	r, err := Remote("dic", "http://127.0.0.1:1", token, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %s %x", own(t), own(t), r, r, own(t))
	if strings.Contains(text, token) || strings.Contains(text, "7 7 7") || strings.Contains(text, "0707") {
		t.Error(text)
	}
	_, err = r.Share(context.Background(), q, 1)
	if err == nil || strings.Contains(err.Error(), token) {
		t.Error(err)
	}
}
