using Parley.Rtp;

namespace Parley.Tests.Media;

public class OutgoingFramePoolTests
{
    [Fact]
    public void Take_FramesThatCameBack_AllocatesNothing()
    {
        var pool = new EncodingFlow(1, 2).Frames;
        var data = new byte[1200];
        var waiting = new Queue<OutgoingFrame>();
        void Bursts(int count)
        {
            for (var burst = 0; burst < count; burst++)
            {
                for (var i = 0; i < 200; i++)
                {
                    var frame = pool.Take();
                    frame.Fill(data);
                    waiting.Enqueue(frame);
                }

                while (waiting.TryDequeue(out var sent))
                {
                    pool.Return(sent);
                }
            }
        }

        Bursts(3);
        Assert.Equal(0, SteadyState.Allocates(() => Bursts(20)));
    }

    [Fact]
    public void Return_MoreThanItKeeps_LendsEachOnceAndEmpty()
    {
        var pool = new EncodingFlow(1, 2).Frames;
        var lent = Enumerable.Range(0, 1000).Select(_ => pool.Take()).ToArray();
        foreach (var frame in lent)
        {
            frame.Fill([1, 2, 3]);
            frame.Contributors = [new RtpContributor(new Ssrc(1))];
            pool.Return(frame);
        }

        var again = Enumerable.Range(0, 1000).Select(_ => pool.Take()).ToArray();
        Assert.Equal(1000, again.Distinct().Count());
        Assert.Contains(again, lent.Contains);
        Assert.All(again, frame => Assert.True(frame.Length == 0 && frame.Contributors is null));
    }

    [Fact]
    public void Fill_FromLargeToSmall_HoldsWhatWasGivenLast()
    {
        var frame = new OutgoingFrame(new EncodingFlow(1, 2));
        foreach (var length in new[] { 100_000, 0, 3, 2048, 2049, 1 })
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            frame.Fill(data);
            Assert.Equal(data, frame.Data.ToArray());
            frame.Clear();
        }
    }

    [Fact]
    public async Task TakeAndReturn_FromTwoThreads_NeverLendsAFrameTwiceAtOnce()
    {
        var pool = new EncodingFlow(1, 2).Frames;
        var waiting = new System.Collections.Concurrent.BlockingCollection<OutgoingFrame>(600);
        var sender = Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var frame = pool.Take();
                frame.Fill(BitConverter.GetBytes(i));
                waiting.Add(frame);
            }

            waiting.CompleteAdding();
        });
        var expected = 0;
        foreach (var frame in waiting.GetConsumingEnumerable())
        {
            Assert.Equal(expected++, BitConverter.ToInt32(frame.Data));
            pool.Return(frame);
        }

        await sender;
        Assert.Equal(50_000, expected);
    }
}
