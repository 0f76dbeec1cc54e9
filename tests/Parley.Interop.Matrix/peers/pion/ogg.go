package main

import (
	"bytes"
	"io"
)

// opusPackets reads the packets of an Ogg file of Opus, after its two headers. Each page is cut by its table of lacing values (RFC 3533 §6).
func opusPackets(file io.Reader) func() ([]byte, error) {
	var ready [][]byte
	var begun []byte
	skip := 2
	page := func() error {
		header := make([]byte, 27)
		if _, err := io.ReadFull(file, header); err != nil {
			return err
		}
		if !bytes.HasPrefix(header, []byte("OggS")) {
			return io.ErrUnexpectedEOF
		}
		lacing := make([]byte, header[26])
		if _, err := io.ReadFull(file, lacing); err != nil {
			return err
		}
		for _, length := range lacing {
			part := make([]byte, length)
			if _, err := io.ReadFull(file, part); err != nil {
				return err
			}
			begun = append(begun, part...)
			if length < 255 {
				ready = append(ready, begun)
				begun = nil
			}
		}
		return nil
	}
	return func() ([]byte, error) {
		for {
			for len(ready) == 0 {
				if err := page(); err != nil {
					return nil, err
				}
			}
			packet := ready[0]
			ready = ready[1:]
			if skip == 0 {
				return packet, nil
			}
			skip--
		}
	}
}
