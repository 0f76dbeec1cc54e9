// Pion beside Parley: the same workloads over the same loopback sockets, two connections in one process, one JSON line out.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"
)

const (
	warmUp      = time.Second
	highWater   = 1024 * 1024
	lowWater    = 512 * 1024
	rtpWindow   = 256
	acknowledge = 32
)

type options struct {
	seconds     time.Duration
	message     int
	connections int
}

type result map[string]interface{}

func main() {
	if len(os.Args) < 2 {
		fail("usage: pion WORKLOAD [SECONDS] [MESSAGE] [CONNECTIONS]")
	}
	workloads := map[string]func(options) result{
		"throughput": throughput, "messages": messages, "round-trip": roundTrip, "connect": connect, "rtp": rtpFlow,
	}
	workload, known := workloads[os.Args[1]]
	if !known {
		fail("no such workload: " + os.Args[1])
	}
	defaults := map[string]int{"throughput": 16384, "messages": 64, "round-trip": 64, "rtp": 1100}
	chosen := options{
		seconds:     time.Duration(argument(2, 5) * float64(time.Second)),
		message:     int(argument(3, float64(defaults[os.Args[1]]))),
		connections: int(argument(4, 100)),
	}
	measured := workload(chosen)
	measured["peer"] = "pion"
	measured["workload"] = os.Args[1]
	line, err := json.Marshal(measured)
	check(err)
	fmt.Println(string(line))
}

// throughput and messages differ in their size and in what is reported.
func throughput(chosen options) result {
	bytes, _, seconds, cpu := flow(chosen)
	return result{"mb_s": round(float64(bytes)/seconds/1e6, 2), "cpu_s_per_gb": round(cpu/(float64(bytes)/1e9), 3)}
}

func messages(chosen options) result {
	_, count, seconds, cpu := flow(chosen)
	return result{"messages_s": round(float64(count)/seconds, 0), "cpu_us_per_message": round(cpu*1e6/float64(count), 3)}
}

func flow(chosen options) (bytes, count int64, seconds, cpu float64) {
	here, there := pair()
	defer closeBoth(here, there)
	received := make(chan [2]int64, 1)
	there.OnDataChannel(func(channel *webrtc.DataChannel) {
		var bytes, count int64
		channel.OnMessage(func(message webrtc.DataChannelMessage) {
			switch {
			case !message.IsString:
				bytes += int64(len(message.Data))
				count++
			case string(message.Data) == "start":
				bytes, count = 0, 0
			default:
				received <- [2]int64{bytes, count}
			}
		})
	})
	channel := openChannel(here, there)
	room := make(chan struct{}, 1)
	channel.SetBufferedAmountLowThreshold(lowWater)
	channel.OnBufferedAmountLow(func() {
		select {
		case room <- struct{}{}:
		default:
		}
	})
	message := make([]byte, chosen.message)
	send := func(duration time.Duration) {
		for end := time.Now().Add(duration); time.Now().Before(end); {
			check(channel.Send(message))
			if channel.BufferedAmount() > highWater {
				<-room
			}
		}
	}
	send(warmUp)
	check(channel.SendText("start"))
	startCPU, start := processorTime(), time.Now()
	send(chosen.seconds)
	check(channel.SendText("end"))
	totals := <-received
	return totals[0], totals[1], time.Since(start).Seconds(), processorTime() - startCPU
}

func roundTrip(chosen options) result {
	here, there := pair()
	defer closeBoth(here, there)
	there.OnDataChannel(func(channel *webrtc.DataChannel) {
		channel.OnMessage(func(message webrtc.DataChannelMessage) { check(channel.Send(message.Data)) })
	})
	channel := openChannel(here, there)
	back := make(chan struct{})
	channel.OnMessage(func(webrtc.DataChannelMessage) { back <- struct{}{} })
	message := make([]byte, chosen.message)
	play := func(duration time.Duration) []float64 {
		var times []float64
		for end := time.Now().Add(duration); time.Now().Before(end); {
			start := time.Now()
			check(channel.Send(message))
			<-back
			times = append(times, float64(time.Since(start).Nanoseconds())/1e3)
		}
		return times
	}
	play(warmUp)
	times := play(chosen.seconds)
	return result{"median_us": round(quantile(times, 0.5), 1), "p99_us": round(quantile(times, 0.99), 1)}
}

func connect(chosen options) result {
	once := func() float64 {
		start := time.Now()
		here, there := pair()
		openChannel(here, there)
		elapsed := time.Since(start)
		closeBoth(here, there)
		return float64(elapsed.Nanoseconds()) / 1e6
	}
	for i := 0; i < 10; i++ {
		once()
	}
	startCPU := processorTime()
	var times []float64
	for i := 0; i < chosen.connections; i++ {
		times = append(times, once())
	}
	cpu := processorTime() - startCPU
	return result{
		"median_ms": round(quantile(times, 0.5), 2), "p99_ms": round(quantile(times, 0.99), 2),
		"cpu_ms_per_connection": round(cpu*1e3/float64(chosen.connections), 2),
	}
}

func rtpFlow(chosen options) result {
	here, there := pair()
	defer closeBoth(here, there)
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "bench")
	check(err)
	sender, err := here.AddTrack(track)
	check(err)
	go func() { // RTCP is handled only while it is read
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	var back atomic.Value
	there.OnDataChannel(func(channel *webrtc.DataChannel) { back.Store(channel) })
	there.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		buffer := make([]byte, 1500)
		for count := int64(1); ; count++ {
			if _, _, err := remote.Read(buffer); err != nil {
				return
			}
			if channel, open := back.Load().(*webrtc.DataChannel); open && count%acknowledge == 0 {
				_ = channel.SendText(strconv.FormatInt(count, 10))
			}
		}
	})
	channel := openChannel(here, there)
	var received, credit int64 = 0, rtpWindow
	progress := make(chan struct{}, 1)
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		count, err := strconv.ParseInt(string(message.Data), 10, 64)
		check(err)
		atomic.AddInt64(&credit, count-atomic.SwapInt64(&received, count))
		select {
		case progress <- struct{}{}:
		default:
		}
	})
	packet := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96}, Payload: make([]byte, chosen.message)}
	packet.Payload[0] = 0x10 // the VP8 payload descriptor: the start of a partition
	send := func(duration time.Duration) {
		for end := time.Now().Add(duration); time.Now().Before(end); {
			if atomic.LoadInt64(&credit) <= 0 {
				select {
				case <-progress:
				case <-time.After(50 * time.Millisecond):
					atomic.StoreInt64(&credit, rtpWindow)
				}
				continue
			}
			atomic.AddInt64(&credit, -1)
			packet.SequenceNumber++
			packet.Timestamp += 90
			packet.Marker = true
			check(track.WriteRTP(packet))
		}
	}
	send(warmUp)
	startCPU, start, before := processorTime(), time.Now(), atomic.LoadInt64(&received)
	send(chosen.seconds)
	packets := float64(atomic.LoadInt64(&received) - before)
	return result{
		"packets_s":         round(packets/time.Since(start).Seconds(), 0),
		"cpu_us_per_packet": round((processorTime()-startCPU)*1e6/packets, 3),
	}
}

// pair makes two connections that use the loopback interface only and trickle to each other.
func pair() (here, there *webrtc.PeerConnection) {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	media := &webrtc.MediaEngine{}
	check(media.RegisterDefaultCodecs())
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media))
	here, err := api.NewPeerConnection(webrtc.Configuration{})
	check(err)
	there, err = api.NewPeerConnection(webrtc.Configuration{})
	check(err)
	return here, there
}

func openChannel(here, there *webrtc.PeerConnection) *webrtc.DataChannel {
	channel, err := here.CreateDataChannel("bench", nil)
	check(err)
	opened := make(chan struct{})
	channel.OnOpen(func() { close(opened) })
	negotiate(here, there)
	select {
	case <-opened:
	case <-time.After(20 * time.Second):
		fail("the channel did not open")
	}
	return channel
}

func negotiate(here, there *webrtc.PeerConnection) {
	toThere, toHere := candidates(here, there), candidates(there, here)
	offer, err := here.CreateOffer(nil)
	check(err)
	check(here.SetLocalDescription(offer))
	check(there.SetRemoteDescription(offer))
	close(toThere)
	answer, err := there.CreateAnswer(nil)
	check(err)
	check(there.SetLocalDescription(answer))
	check(here.SetRemoteDescription(answer))
	close(toHere)
}

// candidates passes candidates on, once the returned channel is closed: the other side knows the description then.
func candidates(from, to *webrtc.PeerConnection) chan struct{} {
	ready := make(chan struct{})
	from.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			go func() {
				<-ready
				_ = to.AddICECandidate(candidate.ToJSON())
			}()
		}
	})
	return ready
}

func closeBoth(here, there *webrtc.PeerConnection) {
	_ = here.Close()
	_ = there.Close()
}

func processorTime() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func quantile(times []float64, share float64) float64 {
	sort.Float64s(times)
	index := int(math.Ceil(share*float64(len(times)))) - 1
	return times[index]
}

func round(value float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(value*scale) / scale
}

func argument(index int, otherwise float64) float64 {
	if len(os.Args) <= index || os.Args[index] == "" {
		return otherwise
	}
	value, err := strconv.ParseFloat(os.Args[index], 64)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "pion: "+message)
	os.Exit(1)
}
