package keyholder

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Whatever stands at the other end, the answer is right or an error, in time.
func TestAnswersThatAreRefused(t *testing.T) {
	value := strings.Repeat("0a", 32)
	right := fmt.Sprintf(`{"party":"dic","quarter":"420683/2026Q3","what":"share","number":1,"value":"%s"}`, value)
	says := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) }
	}
	change := func(old, new string) func(http.ResponseWriter) { return says(strings.Replace(right, old, new, 1)) }
	const form, other, hex = "is not in the form agreed on", "something else than was asked", "is not 64 lower-case hex digits"
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		want   string
	}{
		"right":           {says(right + "\n"), ""},
		"bad hex":         {change("0a0a", "0g0a"), hex},
		"upper-case hex":  {change("0a0a", "0A0a"), hex},
		"short":           {change("0a0a", "0a"), hex},
		"long":            {change("0a0a", "0a0a0a"), hex},
		"no hex":          {change(`"`+value+`"`, "null"), hex},
		"number":          {change(`"`+value+`"`, "7"), form},
		"other number":    {change(`"number":1`, `"number":2`), other},
		"other party":     {change("dic", "org"), other},
		"other quarter":   {change("2026Q3", "2026Q4"), other},
		"a key":           {change(`"share"`, `"key"`), other},
		"unknown member":  {change("{", `{"note":"",`), form},
		"twice":           {says(right + right), form},
		"empty":           {says(""), form},
		"html":            {says("<html>" + value), form},
		"html as such":    {func(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/html"); says(right)(w) }, form},
		"error":           {func(w http.ResponseWriter) { w.WriteHeader(500); says(right)(w) }, "it answers 500"},
		"no content":      {func(w http.ResponseWriter) { w.WriteHeader(204) }, "it answers 204"},
		"made-up problem": {problemThat(&problem{Status: 409, Code: "<script>"}), "it answers 409"},
		"going elsewhere": {func(w http.ResponseWriter) { w.Header().Set("Location", "/v1/x"); w.WriteHeader(307) }, "it answers 307"},
		"problem, next 0": {problemThat(&problem{Status: 409, Code: codeNext}), "it answers 409 not-next"},
		"always the next": {problemThat(&problem{Status: 409, Code: codeNext, Next: 1}), "it answers 409 not-next"},
		"endless":         {endless, "is longer than 4096 bytes"},
		"slow":            {slow, "deadline exceeded"},
		"broken off":      {func(w http.ResponseWriter) { w.Header().Set("Content-Length", "1000"); says(right)(w) }, "breaks off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				c.answer(w)
			}))
			defer server.Close()
			patience := time.Minute
			if name == "slow" {
				patience = 200 * time.Millisecond
			}
			got, err := ask(t, server.URL, token, patience).Share(t.Context(), q, 1)
			if c.want == "" && (err != nil || got.String() != value) {
				t.Error(got, err)
			}
			if c.want != "" {
				wants(t, name, err, c.want)
			}
		})
	}
}

func problemThat(p *problem) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { write(w, p.Status, "application/problem+json", p) }
}

// endless writes until nobody reads any more.
func endless(w http.ResponseWriter) {
	for {
		if _, err := w.Write(bytes.Repeat([]byte("{"), 1<<12)); err != nil {
			return
		}
	}
}

// slow sends a byte now and then.
func slow(w http.ResponseWriter) {
	for range 50 {
		if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Nobody answers at all: the call ends when its time is up, or when the caller
// has enough.
func TestSilence(t *testing.T) {
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	_, err := ask(t, server.URL, token, 100*time.Millisecond).Commit(t.Context(), q)
	wants(t, "silence", err, "deadline exceeded")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = ask(t, server.URL, token, time.Minute).Reveal(ctx, q)
	wants(t, "no more time", err, "deadline exceeded")
	close(hold)
	server.Close()
	_, err = ask(t, server.URL, token, time.Minute).Commit(t.Context(), q)
	wants(t, "nobody there", err, "commitment: ")
}

// Catching up ends with the time of the call, whatever the other side says.
func TestCatchingUpEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/999999") {
			problemThat(&problem{Status: 409, Code: codeNext, Next: 1})(w)
			return
		}
		time.Sleep(5 * time.Millisecond)
		n := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"party":"dic","quarter":"420683/2026Q3","what":"share","number":%s,"value":"%s"}`, n, strings.Repeat("0a", 32))
	}))
	defer server.Close()
	_, err := ask(t, server.URL, token, 200*time.Millisecond).Share(t.Context(), q, 999_999)
	wants(t, "endless catching up", err, "deadline exceeded")
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:8421", "ftp://host", "http://", "http://user:pass@host", "http://host/?a=b", "http://host/#a", "http://[::1"} {
		for _, make := range []func(party, address, token string, client *http.Client) (Holder, error){Remote, InsecureRemote} {
			if _, err := make("dic", bad, token, nil); err == nil || strings.Contains(err.Error(), "pass") {
				t.Errorf("%s: %v", bad, err)
			}
		}
	}
	_, err := Remote("dic", "https://host", "", nil)
	wants(t, "no token", err, "no token")
	_, err = Local("DIC", master)
	wants(t, "party", err, `party "DIC"`)
	_, err = Local("dic", master[1:])
	wants(t, "short secret", err, "31 bytes")
}

// A token goes over the network in clear only where that is said.
func TestNoTokenInClear(t *testing.T) {
	for address, here := range map[string]bool{
		"http://127.0.0.1:8421": true, "http://localhost:8421": true, "http://[::1]:8421": true, "http://127.9.9.9": true, "https://share.example": true,
		"http://share.example:8421": false, "http://10.0.0.7:8421": false, "http://localhost.example": false, "http://127.0.0.1.example": false,
		"HTTP://share.example": false, "http://0.0.0.0:8421": false, "http://[fe80::1]": false,
	} {
		if _, err := Remote("dic", address, token, nil); (err == nil) != here {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := InsecureRemote("dic", address, token, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Every error is a problem document in both languages.
func TestProblems(t *testing.T) {
	h := serve(t, t.TempDir())
	for _, c := range []struct {
		method, path, token, code string
		status                    int
	}{
		{"GET", "/", token, "no-route", 404},
		{"GET", "/v1/420683/2026Q3/key", token, "no-route", 404},
		{"GET", "/v1/420683/2026Q3/commitment", "", "bad-token", 401},
		{"GET", "/v1/42068/2026Q3/commitment", token, "bad-quarter", 400},
		{"GET", "/v1/420683/2026Q5/commitment", token, "bad-quarter", 400},
		{"POST", "/v1/420683/2026Q3/shares/0", token, "bad-number", 400},
		{"POST", "/v1/420683/2026Q3/shares/01", token, "bad-number", 400},
		{"POST", "/v1/420683/2026Q3/shares/+1", token, "bad-number", 400},
		{"POST", "/v1/420683/2026Q3/shares/1000000", token, "bad-number", 400},
		{"POST", "/v1/420683/2026Q3/shares/2", token, "not-next", 409},
		{"POST", "/v1/420683/2026Q3/key", token, "too-early", 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, h.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var p problem
		err = json.NewDecoder(response.Body).Decode(&p)
		response.Body.Close()
		if err != nil || response.StatusCode != c.status || p.Status != c.status || p.Code != c.code || p.Detail == "" || p.DetailEn == "" ||
			response.Header.Get("Content-Type") != "application/problem+json" || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d %+v (%v)", c.method, c.path, response.StatusCode, p, err)
		}
	}
}
