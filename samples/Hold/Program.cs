// Hold, by the four functions of webrtc-pc, "Hold" functionality: alice plays music and hears nothing, bob hears it and sends nothing; and
// back.
using Parley;
using Parley.Media;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
alice.IceCandidateGathered += (_, e) => _ = bob.AddIceCandidateAsync(e.Candidate?.ToInit());
bob.IceCandidateGathered += (_, e) => _ = alice.AddIceCandidateAsync(e.Candidate?.ToInit());

var aliceVoice = new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune());
var bobVoice = new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tone());
var music = new MediaStreamTrack(MediaKind.Audio, SampleMedia.HoldMusic());
alice.AddTrack(aliceVoice);
bob.AddTrack(bobVoice);
var first = await alice.CreateOfferAsync();
await Task.WhenAll(bob.SetRemoteDescriptionAsync(first), alice.SetLocalDescriptionAsync(first));
var answer = await bob.CreateAnswerAsync();
await Task.WhenAll(alice.SetRemoteDescriptionAsync(answer), bob.SetLocalDescriptionAsync(answer));
var (aliceAudio, bobAudio) = (alice.GetTransceivers()[0], bob.GetTransceivers()[0]);
await HearsAsync("bob", bobAudio, aliceVoice, "alice's voice");
await HearsAsync("alice", aliceAudio, bobVoice, "bob's voice");

await EnableHoldAsync();
await HearsAsync("bob", bobAudio, music, "the music");
await HearsNothingAsync("alice", aliceAudio);

await DisableHoldAsync();
await HearsAsync("bob", bobAudio, aliceVoice, "alice's voice");
await HearsAsync("alice", aliceAudio, bobVoice, "bob's voice");

async Task EnableHoldAsync()
{
    await aliceAudio.Sender.ReplaceTrackAsync(music);
    aliceAudio.Receiver.Track.Enabled = false;
    aliceAudio.Direction = RtpTransceiverDirection.SendOnly;
    await HoldRequestedAsync(await OfferAsync());
}

async Task HoldRequestedAsync(SessionDescription sendOnlyOffer)
{
    await bob.SetRemoteDescriptionAsync(sendOnlyOffer);
    await bobAudio.Sender.ReplaceTrackAsync(null);
    bobAudio.Direction = RtpTransceiverDirection.RecvOnly;
    await AnswerAsync();
}

async Task DisableHoldAsync()
{
    await aliceAudio.Sender.ReplaceTrackAsync(aliceVoice);
    aliceAudio.Receiver.Track.Enabled = true;
    aliceAudio.Direction = RtpTransceiverDirection.SendRecv;
    await HoldEndedAsync(await OfferAsync());
}

async Task HoldEndedAsync(SessionDescription sendRecvOffer)
{
    await bob.SetRemoteDescriptionAsync(sendRecvOffer);
    await bobAudio.Sender.ReplaceTrackAsync(bobVoice);
    bobAudio.Direction = RtpTransceiverDirection.SendRecv;
    await AnswerAsync();
}

async Task<SessionDescription> OfferAsync()
{
    await alice.SetLocalDescriptionAsync();
    return alice.LocalDescription!;
}

async Task AnswerAsync()
{
    await bob.SetLocalDescriptionAsync();
    await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
    Console.WriteLine($"negotiated: alice {aliceAudio.CurrentDirection?.ToW3CName()}, bob {bobAudio.CurrentDirection?.ToW3CName()}");
}

// Opus goes from end to end as it is, so a track is known by its bytes.
static async Task HearsAsync(string who, RtpTransceiver receiving, MediaStreamTrack sent, string what)
{
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
    var played = new HashSet<string>();
    using var listening = sent.Attach(new Played(played));
    await foreach (var frame in receiving.Receiver.Track.ReadFramesAsync(cancellationToken: patience.Token))
    {
        lock (played)
        {
            if (played.Contains(Convert.ToHexString(frame.Data.Span)))
            {
                Console.WriteLine($"{who} hears {what}");
                return;
            }
        }
    }
}

static async Task HearsNothingAsync(string who, RtpTransceiver receiving)
{
    for (var (before, tries) = (-1L, 0); tries < 20; tries++)
    {
        var packets = (await receiving.Receiver.GetStatsAsync()).OfType<InboundRtpStreamStats>().Sum(stream => stream.PacketsReceived);
        if (packets == before)
        {
            Console.WriteLine($"{who} is sent nothing, muted: {receiving.Receiver.Track.IsMuted}");
            return;
        }

        before = packets;
        await Task.Delay(500);
    }

    throw new TimeoutException($"{who} is still sent packets.");
}

internal sealed class Played(HashSet<string> frames) : IMediaSink
{
    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        lock (frames)
        {
            frames.Add(Convert.ToHexString(frame.Data.Span));
        }
    }
}
