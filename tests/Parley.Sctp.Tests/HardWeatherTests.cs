using Parley.Sctp.Tests.Links;

namespace Parley.Sctp.Tests;

/// <summary>Order, reliability and back-pressure, whatever controls congestion.</summary>
public class HardWeatherTests
{
    private static int Seeds => Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 40 : 3;

    [Theory]
    [InlineData("cubic", 0.05, 1, 0, 0)]
    [InlineData("bbr", 0.05, 1, 0, 0)]
    [InlineData("bbr", 0.1, 12, 0, 0)]
    [InlineData("bbr", 0, 1, 0.1, 0)]
    [InlineData("bbr", 0, 1, 0, 40)]
    [InlineData("cubic", 0.05, 8, 0.05, 25)]
    [InlineData("bbr", 0.05, 8, 0.05, 25)]
    public void Transfer_LossInBurstsDuplicationAndReordering_DeliversAllInOrderWithinBounds(
        string sender, double loss, int burst, double duplication, int jitterMs)
    {
        for (ulong seed = 1; seed <= (ulong)Seeds; seed++)
        {
            var link = new Bottleneck(seed)
            {
                Rate = 20_000_000,
                RoundTrip = TimeSpan.FromMilliseconds(50),
                Loss = loss,
                Burst = burst,
                Duplication = duplication,
                Jitter = TimeSpan.FromMilliseconds(jitterMs),
            };
            var flow = link.Add(seed, Contest.OptionsOf(sender));
            link.RunFor(TimeSpan.FromSeconds(4));

            // A reader that stops closes the window: the sender keeps what it has.
            flow.Receiver.ReceivePaused = true;
            link.RunFor(TimeSpan.FromSeconds(20));
            var before = flow.Received;
            link.RunFor(TimeSpan.FromSeconds(2));
            var isStill = flow.Received == before;
            var held = flow.Receiver.HeldBytes;
            flow.Receiver.ReceivePaused = false;
            link.RunFor(TimeSpan.FromSeconds(4));
            flow.IsEndless = false;
            for (var second = 0; second < 300 && !flow.IsDone; second++)
            {
                link.RunFor(TimeSpan.FromSeconds(1));
            }

            Assert.True(flow.IsDone, $"seed {seed}: {flow.Messages} came, {flow.Sender.State}");
            Assert.Equal(0, flow.Disordered);
            Assert.True(isStill, $"seed {seed}");
            Assert.InRange(held, 0, 2 * flow.Receiver.Statistics.ReceiveBufferLimit);
            Assert.True(flow.Messages > 10, $"seed {seed}: {flow.Messages}");
        }
    }
}
