package keyholder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"jinchu/sampling"
)

// RecordFile is the name of the record in its folder.
const RecordFile = "asked.txt"

// Record is what a holder was asked for and when, in a file that only grows: a
// line for the first time that each share or key was asked for,
//
//	instant SP quarter SP number LF        2026-07-01T09:00:00.000000+08:00 420683/2026Q3 000001
//
// with the word "key" in place of the number where the key was revealed. The
// instant is that of the holder's clock, in China. A line is durable before its
// share leaves the house. It can be used by several goroutines at once; a second
// process on the same file is noticed and refused.
type Record struct {
	Torn int // bytes of an unfinished last line that were cut off at opening

	mu       sync.Mutex
	file     *os.File
	size     int64
	highest  map[sampling.Quarter]int // number asked for
	revealed map[sampling.Quarter]bool
	broken   error // why nothing more can be kept
}

// instants are written in China's time.
const instants = "2006-01-02T15:04:05.000000-07:00"

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

const keyWord = "key"

// OpenRecord opens the record in a folder, or begins one. A last line that was
// being written when the power failed is cut off, see [Record.Torn]: its share
// was not given out. Any other damage is an error, since what was asked could
// not be told any more.
func OpenRecord(dir string) (*Record, error) {
	path := filepath.Join(dir, RecordFile)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keyholder: record: %w", err)
	}
	r := &Record{file: file, highest: map[sampling.Quarter]int{}, revealed: map[sampling.Quarter]bool{}}
	if err := r.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("keyholder: record %s: %w", path, err), file.Close())
	}
	return r, nil
}

// Close closes the file.
func (r *Record) Close() error { return r.file.Close() }

func (r *Record) load() error {
	all, err := io.ReadAll(r.file)
	if err != nil {
		return err
	}
	whole := all[:bytes.LastIndexByte(all, '\n')+1]
	number := 0
	for line := range strings.Lines(string(whole)) {
		if number++; !r.replay(strings.TrimSuffix(line, "\n")) {
			return fmt.Errorf("line %d is damaged or out of order; restore the file from a copy", number)
		}
	}
	if r.Torn = len(all) - len(whole); r.Torn > 0 {
		if err := r.file.Truncate(int64(len(whole))); err != nil {
			return err
		}
	}
	r.size = int64(len(whole))
	return errors.Join(r.file.Sync(), SyncFolder(filepath.Dir(r.file.Name())))
}

// replay takes a line as it was written.
func (r *Record) replay(line string) bool {
	f := strings.Split(line, " ")
	if len(f) != 3 {
		return false
	}
	_, err := time.Parse(instants, f[0])
	q, bad := sampling.ParseQuarter(f[1])
	if err != nil || bad != nil {
		return false
	}
	if f[2] == keyWord {
		fresh := !r.revealed[q]
		r.revealed[q] = true
		return fresh
	}
	_, n, err := sampling.ParseID(f[1] + "/" + f[2])
	if err != nil || n != r.highest[q]+1 {
		return false
	}
	r.highest[q] = n
	return true
}

// ask puts on record that the share of a number was asked for. It is refused
// with the next number that may be asked for if numbers would be left out; next
// is 0 otherwise.
func (r *Record) ask(q sampling.Quarter, n int, now time.Time) (next int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch highest := r.highest[q]; {
	case n <= highest:
		return 0, nil
	case n > highest+1:
		return highest + 1, nil
	}
	if err := r.append(q, strings.TrimPrefix(q.ID(n), string(q)+"/"), now); err != nil {
		return 0, err
	}
	r.highest[q] = n
	return 0, nil
}

// reveal puts on record that the key of a quarter was given out.
func (r *Record) reveal(q sampling.Quarter, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.revealed[q] {
		return nil
	}
	if err := r.append(q, keyWord, now); err != nil {
		return err
	}
	r.revealed[q] = true
	return nil
}

// append makes a line durable. After a failure nobody knows what the file holds:
// nothing more is kept until it was opened anew.
func (r *Record) append(q sampling.Quarter, what string, now time.Time) error {
	if r.broken != nil {
		return r.broken
	}
	line := now.In(china).Format(instants) + " " + string(q) + " " + what + "\n"
	info, err := r.file.Stat()
	if err == nil && info.Size() != r.size {
		err = errors.New("another process writes to it")
	}
	if err == nil {
		_, err = r.file.WriteString(line)
	}
	if err == nil {
		err = r.file.Sync()
	}
	if err != nil {
		r.broken = fmt.Errorf("keyholder: record: %w; start the holder again", err)
		return r.broken
	}
	r.size += int64(len(line))
	return nil
}

// SyncFolder makes a new name in a folder durable.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
