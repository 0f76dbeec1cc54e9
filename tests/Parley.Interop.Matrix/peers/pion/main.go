// Pion as a peer of the matrix: see ../README.md for the commands. Sends the files of media/, counts the packets that come.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
	"github.com/pion/webrtc/v3/pkg/media/ivfreader"
)

type object map[string]interface{}

type question struct {
	ID        int                     `json:"id"`
	Do        string                  `json:"do"`
	Kind      string                  `json:"kind"`
	Mid       string                  `json:"mid"`
	Label     string                  `json:"label"`
	Text      string                  `json:"text"`
	Type      string                  `json:"type"`
	SDP       string                  `json:"sdp"`
	Direction string                  `json:"direction"`
	Candidate webrtc.ICECandidateInit `json:"candidate"`
}

type peer struct {
	folder     string
	connection *webrtc.PeerConnection
	restart    bool
	tracks     int
	directions map[string]string // by mid, where a direction was asked for

	gate     sync.Mutex
	received map[string]int64 // by mid
	texts    []string
	channels map[string]*webrtc.DataChannel
	over     string
}

// The version of the Debian package, written in by the build.
var version = "3"

var printing sync.Mutex

func main() {
	p := &peer{
		folder: os.Args[1], directions: map[string]string{}, received: map[string]int64{}, texts: []string{}, channels: map[string]*webrtc.DataChannel{},
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		reply, err := p.obey(asked)
		if err != nil {
			say(object{"id": asked.ID, "error": err.Error()})
		} else {
			say(object{"id": asked.ID, "ok": reply})
		}
	}
}

func say(message object) {
	line, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(string(line))
}

func (p *peer) obey(asked question) (object, error) {
	nothing := object{}
	switch asked.Do {
	case "create":
		return object{"name": "Pion " + version}, p.create()
	case "addTrack":
		return nothing, p.addTrack(asked.Kind)
	case "removeTrack":
		return nothing, p.connection.RemoveTrack(p.at(asked.Mid).Sender())
	case "openChannel":
		channel, err := p.connection.CreateDataChannel(asked.Label, nil)
		if err == nil {
			p.adopt(channel)
		}
		return nothing, err
	case "offer":
		offer, err := p.connection.CreateOffer(&webrtc.OfferOptions{ICERestart: p.restart})
		p.restart = false
		return p.describe(offer, err)
	case "answer":
		answer, err := p.connection.CreateAnswer(nil)
		return p.describe(answer, err)
	case "take":
		return nothing, p.take(webrtc.SessionDescription{Type: webrtc.NewSDPType(asked.Type), SDP: asked.SDP})
	case "candidate":
		return nothing, p.connection.AddICECandidate(asked.Candidate)
	case "direction":
		p.directions[asked.Mid] = asked.Direction
		return nothing, nil
	case "restart":
		p.restart = true
		return nothing, nil
	case "say":
		return nothing, p.channels[asked.Label].SendText(asked.Text)
	case "stats":
		return p.stats(), nil
	case "close":
		return nothing, p.connection.Close()
	}
	return nil, fmt.Errorf("no such command: %s", asked.Do)
}

func (p *peer) create() error {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return err
	}
	connection, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return err
	}
	p.connection = connection
	connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			say(object{"told": candidate.ToJSON()})
		}
	})
	connection.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		for {
			if _, _, err := track.ReadRTP(); err != nil {
				return
			}
			for _, transceiver := range connection.GetTransceivers() {
				if transceiver.Receiver() == receiver {
					p.gate.Lock()
					p.received[transceiver.Mid()]++
					p.gate.Unlock()
				}
			}
		}
	})
	connection.OnDataChannel(p.adopt)
	return nil
}

func (p *peer) adopt(channel *webrtc.DataChannel) {
	p.gate.Lock()
	defer p.gate.Unlock()
	p.channels[channel.Label()] = channel
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		p.gate.Lock()
		defer p.gate.Unlock()
		p.texts = append(p.texts, string(message.Data))
	})
	channel.OnClose(func() {
		p.gate.Lock()
		defer p.gate.Unlock()
		p.over = "channel closed"
	})
}

func (p *peer) at(mid string) *webrtc.RTPTransceiver {
	for _, transceiver := range p.connection.GetTransceivers() {
		if transceiver.Mid() == mid {
			return transceiver
		}
	}
	panic("no section " + mid)
}

func (p *peer) addTrack(kind string) error {
	mime := webrtc.MimeTypeVP8
	if kind == "audio" {
		mime = webrtc.MimeTypeOpus
	}
	p.tracks++
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, fmt.Sprintf("%s-%d", kind, p.tracks), "pion")
	if err != nil {
		return err
	}
	sender, err := p.connection.AddTrack(track)
	if err != nil {
		return err
	}
	go func() { // reports and requests must be read for the interceptors to see them
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	if kind == "audio" {
		go p.playSound(sender, track)
	} else {
		go p.playPictures(sender, track)
	}
	return nil
}

// Pion 3 has no setter of a transceiver's direction. The program writes it into the offer, as others do, and sends nothing where it may not.
func (p *peer) describe(description webrtc.SessionDescription, err error) (object, error) {
	if err == nil {
		err = p.connection.SetLocalDescription(description)
	}
	if err != nil {
		return nil, err
	}
	written := p.connection.LocalDescription().SDP
	if description.Type == webrtc.SDPTypeOffer {
		sections := strings.Split(written, "\r\nm=")
		for i, section := range sections {
			for mid, direction := range p.directions {
				if strings.Contains(section+"\r\n", "\r\na=mid:"+mid+"\r\n") {
					sections[i] = strings.Replace(section, "a=sendrecv", "a="+direction, 1)
				}
			}
		}
		written = strings.Join(sections, "\r\nm=")
	}
	return object{"type": description.Type.String(), "sdp": written}, nil
}

func (p *peer) take(description webrtc.SessionDescription) error {
	if description.Type == webrtc.SDPTypeOffer && p.connection.SignalingState() == webrtc.SignalingStateHaveLocalOffer {
		// It wants a description's text for a rollback, too.
		rollback := webrtc.SessionDescription{Type: webrtc.SDPTypeRollback, SDP: p.connection.PendingLocalDescription().SDP}
		if err := p.connection.SetLocalDescription(rollback); err != nil {
			return err
		}
	}
	return p.connection.SetRemoteDescription(description)
}

// The direction in use in a section, from this side: what both current descriptions say.
func (p *peer) current(mid string) interface{} {
	local, remote := p.connection.CurrentLocalDescription(), p.connection.CurrentRemoteDescription()
	if local == nil || remote == nil {
		return nil
	}
	ours, theirs := directionOf(local.SDP, mid), directionOf(remote.SDP, mid)
	if asked, is := p.directions[mid]; is && ours == "sendrecv" {
		ours = asked
	}
	has := func(direction, word string) bool { return direction == "sendrecv" || direction == word }
	sends := has(ours, "sendonly") && has(theirs, "recvonly")
	receives := has(ours, "recvonly") && has(theirs, "sendonly")
	switch {
	case ours == "" || theirs == "":
		return nil
	case sends && receives:
		return "sendrecv"
	case sends:
		return "sendonly"
	case receives:
		return "recvonly"
	}
	return "inactive"
}

func directionOf(sdp, mid string) string {
	for _, section := range strings.Split(sdp, "\r\nm=") {
		if !strings.Contains(section+"\r\n", "\r\na=mid:"+mid+"\r\n") {
			continue
		}
		for _, direction := range []string{"sendrecv", "sendonly", "recvonly", "inactive"} {
			if strings.Contains(section+"\r\n", "\r\na="+direction+"\r\n") {
				return direction
			}
		}
	}
	return ""
}

func (p *peer) stats() object {
	p.gate.Lock()
	defer p.gate.Unlock()
	sections := []object{}
	for _, transceiver := range p.connection.GetTransceivers() {
		if mid := transceiver.Mid(); mid != "" {
			sections = append(sections, object{
				"mid": mid, "kind": transceiver.Kind().String(), "current": p.current(mid), "sending": transceiver.Sender() != nil && transceiver.Sender().Track() != nil,
				"received": p.received[mid],
			})
		}
	}
	open := []string{}
	for label, channel := range p.channels {
		if channel.ReadyState() == webrtc.DataChannelStateOpen {
			open = append(open, label)
		}
	}
	reply := object{
		"signaling": p.connection.SignalingState().String(), "connection": p.connection.ConnectionState().String(), "open": open, "texts": p.texts, "sections": sections,
	}
	if p.over != "" {
		reply["over"] = p.over
	}
	if local := p.connection.LocalDescription(); local != nil {
		_, after, _ := strings.Cut(local.SDP, "a=ice-ufrag:")
		reply["ufrag"], _, _ = strings.Cut(after, "\r\n")
	}
	return reply
}

// Whether the sender may send now; the program's part where the stack has no directions.
func (p *peer) sends(sender *webrtc.RTPSender) bool {
	for _, transceiver := range p.connection.GetTransceivers() {
		if transceiver.Sender() == sender {
			current, _ := p.current(transceiver.Mid()).(string)
			return strings.HasPrefix(current, "send")
		}
	}
	return false
}

func (p *peer) playPictures(sender *webrtc.RTPSender, track *webrtc.TrackLocalStaticSample) {
	p.play(sender, "test-card.ivf", func(file io.Reader) (func() ([]byte, error), time.Duration, error) {
		reader, header, err := ivfreader.NewWith(file)
		if err != nil {
			return nil, 0, err
		}
		next := func() ([]byte, error) {
			frame, _, err := reader.ParseNextFrame()
			return frame, err
		}
		return next, time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(header.TimebaseDenominator), nil
	}, track)
}

func (p *peer) playSound(sender *webrtc.RTPSender, track *webrtc.TrackLocalStaticSample) {
	p.play(sender, "tune.ogg", func(file io.Reader) (func() ([]byte, error), time.Duration, error) {
		return opusPackets(file), 20 * time.Millisecond, nil
	}, track)
}

func (p *peer) play(sender *webrtc.RTPSender, name string, open func(io.Reader) (func() ([]byte, error), time.Duration, error), track *webrtc.TrackLocalStaticSample) {
	for sender.Track() == track {
		file, err := os.Open(filepath.Join(p.folder, name))
		if err != nil {
			panic(err)
		}
		next, interval, err := open(bufio.NewReader(file))
		if err != nil {
			panic(err)
		}
		ticks := time.NewTicker(interval)
		for frame, err := next(); err == nil && sender.Track() == track; frame, err = next() {
			<-ticks.C
			if p.sends(sender) {
				_ = track.WriteSample(media.Sample{Data: frame, Duration: interval})
			}
		}
		ticks.Stop()
		file.Close()
	}
}
