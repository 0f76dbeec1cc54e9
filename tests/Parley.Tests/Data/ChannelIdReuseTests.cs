namespace Parley.Tests.Data;

public class ChannelIdReuseTests
{
    [Fact]
    public void Channel_CreatedWhileAnotherCloses_TakesAnotherIdAndOpens()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var texts = new List<string>();
            var heard = new TaskCompletionSource();
            pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) =>
            {
                texts.Add(message.Text);
                heard.TrySetResult();
            };
            var first = pair.Alice.CreateDataChannel("first");
            var opened = new TaskCompletionSource();
            first.Opened += (_, _) => opened.SetResult();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await opened.Task;

            var closed = new TaskCompletionSource();
            first.Closed += (_, _) => closed.SetResult();
            first.Close();
            var second = pair.Alice.CreateDataChannel("second");
            Assert.NotEqual(first.Id, second.Id);
            second.Opened += (_, _) => second.Send("hello");
            await heard.Task;
            await closed.Task;
            Assert.Equal(["hello"], texts);
            Assert.Equal(DataChannelState.Open, second.ReadyState);

            // Once it is closed its id is free again.
            Assert.Equal(first.Id, pair.Alice.CreateDataChannel("third").Id);
            pair.Alice.Close();
            pair.Bob.Close();
        });
    }

    /// <summary>The transport of the offer has the role of the media before it, and may yet be replaced by one of the other role.</summary>
    [Fact]
    public void Channel_CreatedWhileTheFirstDataSectionIsOffered_TakesItsIdFromTheAnswer()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTransceiver(Parley.Media.MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            var first = pair.Alice.CreateDataChannel("first");
            await pair.Alice.SetLocalDescriptionAsync();
            var second = pair.Alice.CreateDataChannel("second");
            Assert.Null(first.Id);
            Assert.Null(second.Id);

            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal((ushort)1, first.Id);
            Assert.Equal((ushort)3, second.Id);
            Assert.Equal((ushort)5, pair.Alice.CreateDataChannel("third").Id);
            pair.Alice.Close();
            pair.Bob.Close();
        });
    }

    [Fact]
    public void States_PeerOfAConnectionWithChannelsAloneCloses_CountTheClosedSctpTransport()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.CreateDataChannel("only");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            var ended = new TaskCompletionSource();
            pair.Alice.SctpTransport!.Transport.StateChanged += (_, _) => ended.TrySetResult();
            pair.Bob.Close();
            await ended.Task;
            Assert.Equal(DtlsTransportState.Closed, pair.Alice.SctpTransport!.Transport.State);
            Assert.NotEqual(IceConnectionState.New, pair.Alice.IceConnectionState);
            Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
            Assert.Equal(IceGatheringState.Complete, pair.Alice.IceGatheringState);
            pair.Alice.Close();
        });
    }
}
