using Parley.Tests.Transport;

namespace Parley.Tests.Data;

public class AnswerTests
{
    [Fact]
    public void Answer_InTheHandlerOfAMessage_HasLeftWhenSendReturns()
    {
        var pair = Tapped(out var sent);
        var during = new List<int>();
        Exchange(pair, questions: 5, channel =>
        {
            var before = sent();
            channel.Send("answer");
            during.Add(sent() - before);
        });

        Assert.Equal([1, 1, 1, 1, 1], during);
    }

    [Fact]
    public void Answers_ManyToOneMessage_GatherInFewDatagramsAfterTheFirst()
    {
        var pair = Tapped(out var sent);
        var (during, before) = (0, 0);
        Exchange(pair, questions: 1, channel =>
        {
            before = sent();
            for (var i = 0; i < 100; i++)
            {
                channel.Send("answer");
            }

            during = sent() - before;
        });

        Assert.Equal(1, during);
        Assert.InRange(sent() - before, 2, 20);
    }

    [Fact]
    public void Answer_OfManyPackets_IsLeftToTheLoop()
    {
        var pair = Tapped(out var sent);
        var during = -1;
        Exchange(pair, questions: 1, channel =>
        {
            var before = sent();
            channel.Send(new byte[50_000]);
            during = sent() - before;
        });

        Assert.Equal(0, during);
    }

    /// <summary>A pair, and a count of the datagrams that have left both.</summary>
    private static Pair Tapped(out Func<int> sent)
    {
        var count = 0;
        sent = () => count;
        return new Pair(attack: network => new TappedNetwork(network, _ => count++));
    }

    /// <summary>Opens a channel; each question that reaches the other side is answered there, and asks for the next one.</summary>
    private static void Exchange(Pair pair, int questions, Action<DataChannel> answer) => pair.Run(async () =>
    {
        pair.TrickleBothWays();
        pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, _) => answer(args.Channel);
        var channel = pair.Alice.CreateDataChannel("questions");
        var opened = new TaskCompletionSource();
        channel.Opened += (_, _) => opened.SetResult();
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await opened.Task;
        for (var i = 0; i < questions; i++)
        {
            channel.Send("question");
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        }
    });
}
