// Statistics: what was sent, what the peer says of it, and by which way it went.
using Parley;
using Parley.Media;
using Parley.Net;
using Parley.Signaling;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
var (aliceWire, bobWire) = MemorySignalingChannel.CreatePair();
await using var aliceSide = new PerfectNegotiation(alice, aliceWire, polite: true);
await using var bobSide = new PerfectNegotiation(bob, bobWire, polite: false);
var audio = alice.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune()));
alice.AddTrack(new MediaStreamTrack(MediaKind.Video, SampleMedia.TestCard()));

// Bob's reports come every few seconds (RTCP); until then alice has no word of him.
for (var tries = 0; tries < 60; tries++)
{
    await Task.Delay(250);
    var report = await alice.GetStatsAsync();
    if (report.OfType<RemoteInboundRtpStreamStats>().Count() < 2)
    {
        continue;
    }

    foreach (var sent in report.OfType<OutboundRtpStreamStats>())
    {
        // A report is a map: entries name each other by id.
        var codec = (CodecStats)report[sent.CodecId!];
        var atBob = report.OfType<RemoteInboundRtpStreamStats>().Single(entry => entry.LocalId == sent.Id);
        Console.WriteLine(
            $"{sent.Kind} as {codec.MimeType}: {sent.PacketsSent} packets, {sent.BytesSent} bytes; "
            + $"bob lost {atBob.PacketsLost}, {atBob.RoundTripTime * 1000:0.0} ms there and back");
    }

    var transport = report.OfType<TransportStats>().Single();
    var pair = (IceCandidatePairStats)report[transport.SelectedCandidatePairId!];
    var (local, remote) = ((IceCandidateStats)report[pair.LocalCandidateId], (IceCandidateStats)report[pair.RemoteCandidateId]);
    Console.WriteLine($"by {local.Address}:{local.Port} to {remote.Address}:{remote.Port}, {transport.DtlsCipher}");

    // Of one sender only: what it sends, and what that refers to.
    var ofAudio = await audio.GetStatsAsync();
    Console.WriteLine($"of the audio sender alone: {string.Join(", ", ofAudio.Values.Select(entry => entry.Type).Distinct().Order())}");
    return ofAudio.OfType<OutboundRtpStreamStats>().Single().PacketsSent > 0 ? 0 : 1;
}

Console.WriteLine("no report from bob");
return 1;
