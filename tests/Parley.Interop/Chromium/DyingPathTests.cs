using System.Diagnostics;
using System.Net;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;

namespace Parley.Interop.Chromium;

/// <summary>Paths to Chromium that die in mid-call. Nothing but ICE mends them: neither side negotiates.</summary>
public sealed class DyingPathTests(Browser browser, InteropReport report)
{
    // The measure is taken on virtual time; here it must only be clear that nobody waited for consent to expire, which takes 30 s.
    private static readonly TimeSpan MuchSooner = TimeSpan.FromSeconds(12);

    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChromiumsNatRebinds_SoundGoesOnByTheNewAddress(bool chromiumOffers)
    {
        var network = new ShiftingNetwork(IPAddress.Loopback);
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers, network: network);
        await talk.CallAsync("audio");
        ushort before = Port(talk);
        network.Shift = 1;
        Stopwatch clock = Stopwatch.StartNew();
        await Until.TrueAsync(() => Port(talk) != before, () => "the old port is still used");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience.Of(MuchSooner));
        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"Chromium's NAT gives it another port in mid-call, {Who(chromiumOffers)} offers",
            "sound both ways by the new address, without a restart");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ParleysAddressInUseDies_SoundGoesOnByTheOther(bool chromiumOffers)
    {
        var network = new ShiftingNetwork(IPAddress.Loopback, IPAddress.Parse("127.0.0.2"));
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers, network: network);
        await talk.CallAsync("audio");
        IPAddress used = IPAddress.Parse(Selected(talk).Local.Address!);
        network.Dead = used;
        Stopwatch clock = Stopwatch.StartNew();
        await Until.TrueAsync(() => Selected(talk).Local.Address != used.ToString(), () => "the dead address is still used");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience.Of(MuchSooner));
        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"Parley's address in use dies and another is there, {Who(chromiumOffers)} offers",
            "sound both ways by the other, without a restart");
    }

    private static IceCandidatePair Selected(Conversation talk) =>
        talk.Net.Connection.GetTransceivers()[0].Sender.Transport!.IceTransport.GetSelectedCandidatePair()!;

    // Of a candidate that only checks have shown the port is all that can be seen.
    private static ushort Port(Conversation talk) => Selected(talk).Remote.Port!.Value;

    private static string Who(bool chromiumOffers) => chromiumOffers ? "Chromium" : "Parley";
}
