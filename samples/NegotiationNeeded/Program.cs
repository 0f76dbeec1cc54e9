// Negotiation needed: say what the call shall be, and the connection says when descriptions must be exchanged for it.
using Parley;
using Parley.Media;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
alice.IceCandidateGathered += (_, e) => _ = bob.AddIceCandidateAsync(e.Candidate?.ToInit());
bob.IceCandidateGathered += (_, e) => _ = alice.AddIceCandidateAsync(e.Candidate?.ToInit());

var rounds = 0;
var negotiated = new SemaphoreSlim(0);
alice.NegotiationNeeded += async (_, _) =>
{
    Console.WriteLine($"  negotiation needed: round {++rounds}");
    var offer = await alice.CreateOfferAsync();
    await Task.WhenAll(bob.SetRemoteDescriptionAsync(offer), alice.SetLocalDescriptionAsync(offer));
    var answer = await bob.CreateAnswerAsync();
    await Task.WhenAll(alice.SetRemoteDescriptionAsync(answer), bob.SetLocalDescriptionAsync(answer));
    negotiated.Release();
};

await ChangeAsync("a data channel", () => alice.CreateDataChannel("first"));
Console.WriteLine("a second data channel needs no negotiation");
alice.CreateDataChannel("second");
await ChangeAsync("a track", () => alice.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune())));
var transceiver = alice.GetTransceivers()[0];
await ChangeAsync("a direction", () => transceiver.Direction = RtpTransceiverDirection.Inactive);
Console.WriteLine("another track in its place needs no negotiation");
await transceiver.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio, SampleMedia.HoldMusic()));
await ChangeAsync("an ICE restart", alice.RestartIce);
await ChangeAsync("a stop", transceiver.Stop);

if (rounds != 5)
{
    throw new InvalidOperationException($"{rounds} rounds instead of 5.");
}

Console.WriteLine($"{rounds} rounds, {alice.GetTransceivers().Count} transceivers left");

async Task ChangeAsync(string what, Action change)
{
    Console.WriteLine(what);
    change();
    if (!await negotiated.WaitAsync(TimeSpan.FromSeconds(20)))
    {
        throw new TimeoutException($"No negotiation for {what}.");
    }
}
