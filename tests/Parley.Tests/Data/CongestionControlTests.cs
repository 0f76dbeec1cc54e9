using Parley.Sctp;
using Parley.Simulation;

namespace Parley.Tests.Data;

public class CongestionControlTests
{
    [Fact]
    public void Bbr_OverALossyPath_TakesLessThanHalfOfCubicsTime()
    {
        var cubic = Transfer(CongestionControl.Cubic);
        var bbr = Transfer(CongestionControl.Bbr);

        Assert.True(bbr < cubic / 2, $"{bbr.TotalSeconds} s against {cubic.TotalSeconds} s");
    }

    [Fact]
    public void Configuration_NamesNoCongestionControl_IsRefused()
    {
        Assert.Throws<ArgumentException>(() =>
            new Pair(configuration: new PeerConnectionConfiguration { DataCongestionControl = (CongestionControl)9 }));
    }

    private static TimeSpan Transfer(CongestionControl control)
    {
        const int messages = 150;
        var pair = new Pair(configuration: new PeerConnectionConfiguration { DataCongestionControl = control });
        pair.Simulator.Network.DefaultConditions = new LinkConditions
        {
            Delay = TimeSpan.FromMilliseconds(25),
            Rate = 50_000_000,
            QueueBytes = 512 * 1024,
            Mtu = 1500,
            Loss = 0.01,
        };
        var received = 0;
        var begun = pair.Simulator.Now;
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                var done = new TaskCompletionSource();
                pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, _) =>
                {
                    if (++received == messages)
                    {
                        done.SetResult();
                    }
                };
                Assert.Equal(control, pair.Alice.GetConfiguration().DataCongestionControl);
                var channel = pair.Alice.CreateDataChannel("data");
                var opened = new TaskCompletionSource();
                channel.Opened += (_, _) => opened.SetResult();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await opened.Task;
                for (var index = 0; index < messages; index++)
                {
                    await channel.SendAsync(new byte[64 * 1024]);
                }

                await done.Task;
            },
            seconds: 300);
        return pair.Simulator.Now - begun;
    }
}
