using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Net;

namespace Parley.Interop.Chromium;

/// <summary>Several connections of Chromium's to one port.</summary>
public sealed class SharedPortTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Fact]
    public async Task Connections_OfSeveralPeers_ShareOnePortThroughARestart()
    {
        using var port = new SharedUdpPort(null, Platform.Loopback);
        var configuration = new PeerConnectionConfiguration { SharedPort = port };
        await using Conversation first = await Conversation.BeginAsync(browser, chromiumOffers: true, configuration);
        await using Conversation second = await Conversation.BeginAsync(browser, chromiumOffers: false, configuration);
        await first.CallAsync("audio", "video");
        await second.CallAsync("audio");
        Assert.Equal(2, port.Transports);
        foreach (Conversation talk in (Conversation[])[first, second])
        {
            IceTransport ice = talk.Net.Connection.GetTransceivers()[0].Sender.Transport!.IceTransport;
            Assert.Equal((ushort?)port.Port, ice.GetSelectedCandidatePair()!.Local.Port);
            IceParameters? before = ice.GetLocalParameters();
            talk.Net.Connection.RestartIce();
            await (talk == first ? talk.NegotiateBackAsync() : talk.NegotiateAsync());
            Assert.NotEqual(before, ice.GetLocalParameters());
            await talk.ExpectConnectedAsync();
            await talk.ExpectPacketsBothWaysAsync(talk.Net.Connection.GetTransceivers()[0].Mid!);
            await talk.ExpectNoErrorsAsync();
        }

        Assert.Equal(0, port.Counters.Overflowed + port.Counters.ContestedAddresses + port.Counters.UnknownResponses);
        report.Add(
            Peer,
            "two connections on one shared port, Chromium and Parley offer",
            "sound and pictures both ways on each, through an ICE restart of each");
    }
}
