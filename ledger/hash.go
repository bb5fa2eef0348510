package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash is a SHA-256 value: a leaf hash, or the commitment to a payload.
// Its one text form is 64 lower-case hexadecimal digits.
type Hash [sha256.Size]byte

// String returns the 64 lower-case hexadecimal digits.
func (h Hash) String() string {
	var text [2 * len(h)]byte
	hex.Encode(text[:], h[:])
	return string(text[:])
}

// IsZero reports whether h is all zeros, which stands for "no event before".
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes the form of String; it never fails.
func (h Hash) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, h[:]), nil
}

// UnmarshalText reads the form of String and nothing else: upper case, spaces
// and other lengths are errors, and h is then left as it was.
func (h *Hash) UnmarshalText(text []byte) error {
	got, ok := hashOf(text)
	if !ok {
		return fmt.Errorf("ledger: hash is not %d lower-case hex digits", 2*len(h))
	}
	*h = got
	return nil
}

// hashOf is hex.Decode without upper case, and takes strings without a copy.
func hashOf[T string | []byte](text T) (h Hash, ok bool) {
	if len(text) != 2*len(h) {
		return h, false
	}
	for i := range h {
		hi, lo := hexDigit(text[2*i]), hexDigit(text[2*i+1])
		if hi|lo > 15 {
			return h, false
		}
		h[i] = hi<<4 | lo
	}
	return h, true
}

// hexDigit returns 0 to 15, or 255 for what is no lower-case hex digit.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// usualLeaf is the room kept on the stack for a leaf; a longer one works and
// costs an allocation.
const usualLeaf = 512

// LeafHash returns SHA256(0x00 || b), the leaf hash of RFC 6962. The prefix
// keeps a leaf from ever passing for an inner node of a Merkle tree.
func LeafHash(b []byte) Hash {
	var room [1 + usualLeaf]byte
	return sha256.Sum256(append(room[:1], b...))
}

// Commit returns HMAC-SHA256 of payload under the key salt. With the salt
// deleted the value says nothing about the payload, so it may stay for ever.
func Commit(salt [32]byte, payload []byte) Hash {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write(payload)
	var h Hash
	mac.Sum(h[:0])
	return h
}
