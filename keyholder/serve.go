package keyholder

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jinchu/sampling"
)

// Config is what a serving holder needs.
type Config struct {
	Holder Holder           // whose key it is
	Record *Record          // of what it was asked for
	Token  [32]byte         // SHA-256 of the bearer token that the others show
	Now    func() time.Time // its own clock; what day it is in China decides
	Log    *slog.Logger     // of failures, without keys, shares and tokens
}

// Serve answers [Remote] over HTTP, every request with a bearer token:
//
//	GET  /v1/{county}/{quarter}/commitment
//	POST /v1/{county}/{quarter}/shares/{number}
//	POST /v1/{county}/{quarter}/key
//
// {county}/{quarter} is a [sampling.Quarter]. A share is given out for numbers
// up to one beyond the highest that was asked for, any of them again and again;
// the key from the first day after the quarter on. Errors are problem documents
// in Chinese and English.
func Serve(c Config) http.Handler {
	s := &server{c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/{county}/{quarter}/commitment", s.door(s.commitment))
	mux.HandleFunc("POST /v1/{county}/{quarter}/shares/{number}", s.door(s.share))
	mux.HandleFunc("POST /v1/{county}/{quarter}/key", s.door(s.key))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		newProblem(codeRoute, "没有这个地址或方法", "there is no such address or method").write(w)
	})
	return mux
}

type server struct{ Config }

// door lets in who shows the token, with a quarter that is one.
func (s *server) door(answer func(*http.Request, sampling.Quarter) (*answer, *problem)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		sum := sha256.Sum256([]byte(given))
		if subtle.ConstantTimeCompare(sum[:], s.Token[:]) != 1 || !ok {
			newProblem(codeToken, "请出示正确的访问令牌", "show the right bearer token").write(w)
			return
		}
		q, err := sampling.ParseQuarter(r.PathValue("county") + "/" + r.PathValue("quarter"))
		if err != nil {
			newProblem(codeQuarter, "季度的写法如 420683/2026Q3", "a quarter is written like 420683/2026Q3").write(w)
			return
		}
		a, p := answer(r, q)
		if p != nil {
			p.write(w)
			return
		}
		a.Party, a.Quarter = s.Holder.Party(), q
		write(w, http.StatusOK, "application/json", a)
	}
}

func (s *server) commitment(r *http.Request, q sampling.Quarter) (*answer, *problem) {
	h, err := s.Holder.Commit(r.Context(), q)
	if err != nil {
		return nil, s.unavailable(err)
	}
	return &answer{What: askCommitment, Value: h.String()}, nil
}

func (s *server) share(r *http.Request, q sampling.Quarter) (*answer, *problem) {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || strconv.Itoa(n) != r.PathValue("number") || n < 1 || n > sampling.MaxFilings {
		return nil, newProblem(codeNumber, fmt.Sprintf("编号应为 1 至 %d", sampling.MaxFilings), fmt.Sprintf("a number is 1 to %d", sampling.MaxFilings))
	}
	next, err := s.Record.ask(q, n, s.Now())
	if err != nil {
		return nil, s.unavailable(err)
	}
	if next > 0 {
		p := newProblem(codeNext, fmt.Sprintf("下一个可以索取的编号是 %d", next), fmt.Sprintf("the next number that may be asked for is %d", next))
		p.Next = next
		return nil, p
	}
	h, err := s.Holder.Share(r.Context(), q, n)
	if err != nil {
		return nil, s.unavailable(err)
	}
	return &answer{What: askShare, Number: n, Value: h.String()}, nil
}

func (s *server) key(r *http.Request, q sampling.Quarter) (*answer, *problem) {
	if now := s.Now(); now.Before(q.End()) {
		from := q.End().Format(time.DateOnly)
		return nil, newProblem(codeEarly, from+" 起方可公开密钥", "the key is revealed from "+from+" on")
	} else if err := s.Record.reveal(q, now); err != nil {
		return nil, s.unavailable(err)
	}
	k, err := s.Holder.Reveal(r.Context(), q)
	if err != nil {
		return nil, s.unavailable(err)
	}
	return &answer{What: askKey, Value: sampling.Hash(k).String()}, nil
}

func (s *server) unavailable(err error) *problem {
	s.Log.Error("unavailable", "err", err)
	return newProblem(codeUnavailable, "暂时无法答复,请稍后重试", "not available now; try again later")
}
