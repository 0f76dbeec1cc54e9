using Parley.Media;

namespace Parley.Tests.Negotiation;

public class OperationsChainTests
{
    [Fact]
    public void Chain_MethodsCalledWithoutAwaiting_RunInTheOrderOfTheCalls()
    {
        var pair = new Pair();
        var order = new List<string>();
        async Task Note(string name, Task task)
        {
            await task;
            order.Add(name);
        }

        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Task.WhenAll(
                Note("offer", pair.Alice.CreateOfferAsync()),
                Note("replace", sender.ReplaceTrackAsync(null)),
                Note("set", pair.Alice.SetLocalDescriptionAsync()),
                Note("rollback", pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback))),
                Note("offer again", pair.Alice.CreateOfferAsync()));
        });
        Assert.Equal(["offer", "replace", "set", "rollback", "offer again"], order);
    }

    [Fact]
    public void Chain_OperationFails_TheNextStillRuns()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var answer = pair.Alice.CreateAnswerAsync();
            var offer = pair.Alice.CreateOfferAsync();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => answer);
            Assert.Equal(SdpType.Offer, (await offer).Type);
        });
    }

    [Fact]
    public void Chain_ClosedInTheMiddle_PromisesStayPending()
    {
        // webrtc-pc §4.4.1.2: "If connection.[[IsClosed]] is true, abort these steps": neither fulfilled nor rejected.
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var first = pair.Alice.SetLocalDescriptionAsync();
            var second = pair.Alice.CreateOfferAsync();
            pair.Alice.Close();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.False(first.IsCompleted);
            Assert.False(second.IsCompleted);
            Assert.Equal(SignalingState.Closed, pair.Alice.SignalingState);
        });
    }

    [Fact]
    public void Chain_HandlerThrows_TheConnectionGoesOn()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.SignalingStateChanged += (_, _) => throw new InvalidOperationException("a user's mistake");
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            Assert.All(pair.Log.Errors, error => Assert.Contains("a user's mistake", error));
            Assert.NotEmpty(pair.Log.Errors);
            pair.Log.Errors.Clear();
        });
    }
}
