using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Negotiation;

/// <summary>
/// An operation whose first steps fail has its promise settled before any later task (webrtc-pc §4.4.1.2): here when the method returns,
/// and the chain is free again.
/// </summary>
public class FailsAtOnceTests
{
    private const string Candidate = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";

    public static TheoryData<string> InStable =>
        ["answer", "candidate", "end of candidates", "rollback", "remote rollback", "description not created", "answer not created"];

    [Theory]
    [MemberData(nameof(InStable))]
    public void Operation_ThatTheStateDoesNotAllow_IsSettledWhenTheMethodReturns(string operation)
    {
        var context = new QueuedContext();
        var connection = Make(context);
        ExpectRefused(Call(connection, operation));
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(InStable))]
    public void Operation_ThatTheStateDoesNotAllow_WithoutAContext_IsSettledToo(string operation)
    {
        var connection = Make(null);
        ExpectRefused(Call(connection, operation));
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(InStable))]
    public void Operation_WithinAHandler_IsSettledWhenTheMethodReturns(string operation)
    {
        var context = new QueuedContext();
        var connection = Make(context);
        Task? called = null;
        bool? settled = null;
        connection.NegotiationNeeded += (_, _) =>
        {
            called = Call(connection, operation);
            settled = called.IsFaulted;
        };
        connection.AddTransceiver(MediaKind.Audio);
        context.RunAll();
        Assert.True(settled);
        ExpectRefused(called!);
        connection.Close();
    }

    [Fact]
    public void Chain_AfterAFailure_IsFree()
    {
        var context = new QueuedContext();
        var connection = Make(context);
        _ = connection.CreateAnswerAsync();
        var offer = connection.CreateOfferAsync();
        Assert.Equal(1, context.Waiting);
        context.RunOne();
        Assert.True(offer.IsCompletedSuccessfully);
        connection.Close();
    }

    [Fact]
    public void NegotiationNeeded_AfterAFailureInItsHandler_ComesAsIfNothingHadBeen()
    {
        var context = new QueuedContext();
        var connection = Make(context);
        connection.AddTransceiver(MediaKind.Audio);
        _ = connection.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0"));

        // The check is queued by AddTransceiver itself, not when the chain is empty.
        Assert.Equal(1, context.Waiting);
        var needed = 0;
        connection.NegotiationNeeded += (_, _) => needed++;
        context.RunOne();
        Assert.Equal(1, needed);
        connection.Close();
    }

    [Fact]
    public void CreateOffer_InHaveRemoteOffer_AndReplaceTrackOfAStoppingTransceiver_AreSettledWhenTheMethodReturns()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            ExpectRefused(pair.Bob.CreateOfferAsync());
            var sender = pair.Bob.GetSenders()[0];
            pair.Bob.GetTransceivers()[0].Stop();
            ExpectRefused(sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio)));
            ExpectRefused(sender.ReplaceTrackAsync(null));
        });
    }

    [Fact]
    public void Operations_ThatFailBehindOneThatRuns_AreSettledInOrderBeforeTheNextTask()
    {
        var context = new QueuedContext();
        var connection = Make(context);
        var order = new List<string>();
        context.Run(() =>
        {
            _ = NoteAsync("offer", connection.CreateOfferAsync());
            for (var i = 0; i < 3; i++)
            {
                _ = NoteAsync($"answer {i}", connection.CreateAnswerAsync());
            }

            _ = NoteAsync("second offer", connection.CreateOfferAsync());
            _ = NoteAsync("last answer", connection.CreateAnswerAsync());
            context.Post(_ => order.Add("post"), null);
        });
        context.RunAll();
        Assert.Equal(["offer", "answer 0 fails", "answer 1 fails", "answer 2 fails", "post", "second offer", "last answer fails"], order);
        connection.Close();

        async Task NoteAsync(string name, Task task)
        {
            try
            {
                await task;
                order.Add(name);
            }
            catch (RtcException)
            {
                order.Add($"{name} fails");
            }
        }
    }

    [Fact]
    public void Operations_ThatFail_AHundredThousandInTheChain_DoNotRunOutOfStack()
    {
        var context = new QueuedContext();
        var connection = Make(context);
        var first = connection.CreateOfferAsync();
        Task last = first;
        for (var i = 0; i < 100_000; i++)
        {
            last = connection.CreateAnswerAsync();
        }

        context.RunAll();
        Assert.True(first.IsCompletedSuccessfully);
        ExpectRefused(last);
        connection.Close();
    }

    private static PeerConnection Make(QueuedContext? context)
    {
        PeerConnection? connection = null;
        var platform = new Simulator(1).AddHost("a").Platform;
        var run = context is null ? new Action<Action>(action => action()) : context.Run;
        run(() => connection = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, platform));
        return connection!;
    }

    private static Task Call(PeerConnection connection, string operation) => operation switch
    {
        "answer" => connection.CreateAnswerAsync(),
        "candidate" => connection.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0")),
        "end of candidates" => connection.AddIceCandidateAsync((IceCandidateInit?)null),
        "rollback" => connection.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback)),
        "remote rollback" => connection.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback)),
        "description not created" => connection.SetLocalDescriptionAsync(new SessionDescription(SdpType.Offer, "v=0\r\n")),
        "answer not created" => connection.SetLocalDescriptionAsync(new SessionDescription(SdpType.Answer, "v=0\r\n")),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static void ExpectRefused(Task task)
    {
        Assert.True(task.IsFaulted);
        var expected = (string[])[RtcErrorNames.InvalidStateError, RtcErrorNames.InvalidModificationError];
        Assert.Contains(Assert.IsType<RtcException>(task.Exception!.InnerException).Name, expected);
    }
}
