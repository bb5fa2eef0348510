package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"jinchu/engine"
	"jinchu/register"
)

// call is one request as the doors need it. It is made before the route is
// known and completed by the guard.
type call struct {
	now    time.Time
	en     bool // English before Chinese
	url    *url.URL
	actor  engine.Actor
	office *register.Office
	org    *register.Org
}

type callKey struct{}

// callOf is the request's call. The library hands a door nothing but the
// context, so the call crosses there, from [server.outer] to the door and no
// further.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// outer surrounds every request: headers, limits, the log line, and the last
// resort after a panic.
func (s *server) outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := s.Now()
		c := &call{now: begun, en: prefersEnglish(r), url: r.URL}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		rec := &recorder{ResponseWriter: w}
		setHeaders(rec.Header())
		r.Body = http.MaxBytesReader(rec, r.Body, maxBody)
		defer func() {
			s.recovered(rec, r, recover())
			s.Log.InfoContext(r.Context(), "request", "method", r.Method, "route", r.Pattern,
				"status", rec.status, "office", string(c.actor.Office), "took", s.Now().Sub(begun))
		}()
		next.ServeHTTP(rec, r)
	})
}

// setHeaders sets what every answer carries; a page may allow itself more.
func setHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// recovered answers after a panic, if there was one. The value may quote what
// somebody wrote, so only that of the runtime is logged.
func (s *server) recovered(rec *recorder, r *http.Request, p any) {
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	what := fmt.Sprintf("%T", p)
	if fault, ok := p.(runtime.Error); ok {
		what = fault.Error()
	}
	s.Log.ErrorContext(r.Context(), "panic", "route", r.Pattern, "what", what, "stack", string(debug.Stack()))
	if rec.status == 0 {
		s.fail(rec, r, problem("internal"))
	}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// guard lets a request through to a route only as its row allows.
func (s *server) guard(row *route, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.admit(r, row, callOf(r.Context())); err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) admit(r *http.Request, row *route, c *call) error {
	if err := s.setClock(r, c); err != nil {
		return err
	}
	if row.scope == public {
		return nil
	}
	token, err := s.authenticate(r, c.now)
	if err != nil {
		return err
	}
	actor := engine.Actor{County: token.County, Office: token.Office}
	if c.office, c.org, err = s.Engine.Who(r.Context(), actor, c.now); err != nil {
		return err
	}
	c.actor = actor
	if !row.allows(c.office.Post) {
		return problem("post-not-allowed")
	}
	return nil
}

// setClock takes the instant of a request from its header, where that is
// allowed.
func (s *server) setClock(r *http.Request, c *call) error {
	text := r.Header.Get(NowHeader)
	if text == "" {
		return nil
	}
	if !s.Demo {
		return problem("clock-not-settable")
	}
	now, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return problem("wrong-type").at("header." + NowHeader)
	}
	c.now = now
	return nil
}

// prefersEnglish reports whether the request asks for English before Chinese.
func prefersEnglish(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		switch primary, _, _ := strings.Cut(tag, "-"); primary {
		case "zh":
			return false
		case "en":
			return true
		}
	}
	return false
}

// noRoute answers what no row of the table serves.
func (s *server) noRoute(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := &http.Request{Method: method, URL: r.URL, Host: r.Host}
			if _, pattern := mux.Handler(other); pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if allowed == nil {
			s.fail(w, r, problem("no-route"))
			return
		}
		s.fail(w, r, problem("method-not-allowed").with("Allow", strings.Join(allowed, ", ")))
	}
}
