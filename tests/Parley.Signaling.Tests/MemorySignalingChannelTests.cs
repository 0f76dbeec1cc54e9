namespace Parley.Signaling.Tests;

public class MemorySignalingChannelTests
{
    private static readonly IceCandidateInit s_candidate = new() { Candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host", SdpMid = "0" };

    [Fact]
    public async Task ReceiveAsync_BeforeAndAfterTheMessagesCame_GivesThemInOrderAndThenTheEnd()
    {
        (MemorySignalingChannel here, MemorySignalingChannel there) = MemorySignalingChannel.CreatePair();
        ValueTask<SignalingMessage?> first = there.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.False(first.IsCompleted);
        await here.SendAsync(new SessionDescription(SdpType.Offer, "offer"), TestContext.Current.CancellationToken);
        await here.SendAsync(s_candidate, TestContext.Current.CancellationToken);
        await here.SendAsync((IceCandidateInit?)null, TestContext.Current.CancellationToken);
        there.Close();

        Assert.Equal("offer", (await first)!.Description!.Sdp);
        Assert.Equal(s_candidate.Candidate, (await there.ReceiveAsync(TestContext.Current.CancellationToken))!.Candidate!.Candidate);
        SignalingMessage? last = await there.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(last);
        Assert.Null(last.Candidate);
        Assert.Null(await there.ReceiveAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<SignalingException>(async () => await here.SendAsync(s_candidate, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_LeavesTheNextMessageToTheNextCall()
    {
        (MemorySignalingChannel here, MemorySignalingChannel there) = MemorySignalingChannel.CreatePair();
        using var ending = new CancellationTokenSource();
        ValueTask<SignalingMessage?> cancelled = there.ReceiveAsync(ending.Token);
        await ending.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        Assert.Equal(ending.Token, thrown.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await there.ReceiveAsync(ending.Token));

        await here.SendAsync(s_candidate, TestContext.Current.CancellationToken);
        Assert.NotNull((await there.ReceiveAsync(TestContext.Current.CancellationToken))!.Candidate);
    }

    [Fact]
    public async Task ReceiveAsync_CancelledWhileMessagesCome_LosesNone()
    {
        (MemorySignalingChannel here, MemorySignalingChannel there) = MemorySignalingChannel.CreatePair();
        const int Count = 2000;
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await here.SendAsync(new SessionDescription(SdpType.Offer, $"{i}"));
            }
        });
        for (int next = 0; next < Count;)
        {
            using var ending = new CancellationTokenSource();
            Task<SignalingMessage?> receiving = there.ReceiveAsync(ending.Token).AsTask();
            await ending.CancelAsync();
            try
            {
                Assert.Equal($"{next++}", (await receiving)!.Description!.Sdp);
            }
            catch (OperationCanceledException)
            {
                next--;
            }
        }

        await sending;
    }
}
