namespace Parley.Tests.Negotiation;

/// <summary>
/// A peer that trickles without saying so, as GStreamer's webrtcbin does: its answer has neither candidates nor
/// <c>a=ice-options:trickle</c>.
/// </summary>
public class UnannouncedTrickleTests
{
    [Fact]
    public void Answer_WithoutCandidatesAndTrickleOption_ThenItsCandidates_Connects()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("chat");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(Without(pair.Alice.LocalDescription!, "a=candidate:", "a=end-of-candidates"));
            var candidates = new List<IceCandidateInit>();
            pair.Bob.IceCandidateGathered += (_, e) =>
            {
                if (e.Candidate is { Candidate: not "" } candidate)
                {
                    candidates.Add(new IceCandidateInit(candidate.Candidate, null, candidate.SdpMLineIndex));
                }
            };
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(
                Without(pair.Bob.LocalDescription!, "a=candidate:", "a=end-of-candidates", "a=ice-options:"));
            Assert.False(pair.Alice.CanTrickleIceCandidates);

            // Nothing has ended: what comes later is used.
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(candidates);
            foreach (var candidate in candidates)
            {
                await pair.Alice.AddIceCandidateAsync(candidate);
            }

            await pair.ConnectedAsync();
        });
    }

    private static SessionDescription Without(SessionDescription description, params string[] lines) => description with
    {
        Sdp = string.Join(
            "\r\n", description.Sdp.Split("\r\n").Where(line => !lines.Any(each => line.StartsWith(each, StringComparison.Ordinal)))),
    };
}
