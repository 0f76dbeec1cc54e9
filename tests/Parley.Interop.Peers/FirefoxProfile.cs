using System.Text;

namespace Parley.Interop.Peers;

/// <summary>
/// A fresh profile of Firefox, with its home: a fake camera, ICE over loopback, no word to any other host. Gone when disposed.
/// </summary>
public sealed class FirefoxProfile : IDisposable
{
    private static readonly Dictionary<string, string> Preferences = new()
    {
        // A fake camera and microphone, granted at once; sound and pictures play unasked.
        ["media.navigator.streams.fake"] = "true",
        ["media.navigator.permission.disabled"] = "true",
        ["media.autoplay.default"] = "0",

        // Loopback candidates, with their addresses.
        ["media.peerconnection.ice.loopback"] = "true",
        ["media.peerconnection.ice.obfuscate_host_addresses"] = "false",

        // Whatever would go elsewhere goes to a closed port of this machine instead, and never directly.
        ["network.proxy.type"] = "1",
        ["network.proxy.http"] = "\"127.0.0.1\"",
        ["network.proxy.http_port"] = "9",
        ["network.proxy.ssl"] = "\"127.0.0.1\"",
        ["network.proxy.ssl_port"] = "9",
        ["network.proxy.socks"] = "\"127.0.0.1\"",
        ["network.proxy.socks_port"] = "9",
        ["network.proxy.failover_direct"] = "false",
        ["network.proxy.allow_bypass"] = "false",
        ["network.trr.mode"] = "5",
        ["network.dns.disablePrefetch"] = "true",
        ["network.dns.native_https_query"] = "false",
        ["network.prefetch-next"] = "false",
        ["network.predictor.enabled"] = "false",
        ["network.connectivity-service.enabled"] = "false",
        ["network.captive-portal-service.enabled"] = "false",
        ["network.http.speculative-parallel-limit"] = "0",

        // Nothing is asked for in the background: updates, studies, lists, suggestions, reports.
        ["app.update.disabledForTesting"] = "true",
        ["app.normandy.enabled"] = "false",
        ["browser.aboutHomeSnippets.updateUrl"] = "\"\"",
        ["browser.newtabpage.enabled"] = "false",
        ["browser.newtabpage.activity-stream.feeds.system.topstories"] = "false",
        ["browser.newtabpage.activity-stream.feeds.topsites"] = "false",
        ["browser.region.network.url"] = "\"\"",
        ["browser.region.update.enabled"] = "false",
        ["browser.safebrowsing.blockedURIs.enabled"] = "false",
        ["browser.safebrowsing.downloads.enabled"] = "false",
        ["browser.safebrowsing.malware.enabled"] = "false",
        ["browser.safebrowsing.phishing.enabled"] = "false",
        ["browser.safebrowsing.update.enabled"] = "false",
        ["browser.search.update"] = "false",
        ["browser.shell.checkDefaultBrowser"] = "false",
        ["browser.startup.homepage_override.mstone"] = "\"ignore\"",
        ["browser.topsites.contile.enabled"] = "false",
        ["datareporting.healthreport.uploadEnabled"] = "false",
        ["datareporting.policy.dataSubmissionEnabled"] = "false",
        ["dom.push.connection.enabled"] = "false",
        ["extensions.getAddons.cache.enabled"] = "false",
        ["extensions.systemAddon.update.enabled"] = "false",
        ["extensions.update.enabled"] = "false",
        ["media.gmp-manager.updateEnabled"] = "false",
        ["messaging-system.rsexperimentloader.enabled"] = "false",
        ["nimbus.rollouts.enabled"] = "false",
        ["security.OCSP.enabled"] = "0",
        ["security.remote_settings.crlite_filters.enabled"] = "false",
        ["security.remote_settings.intermediates.enabled"] = "false",
        ["services.settings.server"] = "\"data:,#remote-settings-dummy/v1\"",
        ["toolkit.telemetry.enabled"] = "false",
        ["toolkit.telemetry.server"] = "\"data:,\"",
        ["toolkit.telemetry.unified"] = "false",
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("parley-firefox");

    /// <summary>Makes it.</summary>
    public FirefoxProfile()
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in Preferences)
        {
            text.Append($"user_pref(\"{name}\", {value});\n");
        }

        File.WriteAllText(Path.Combine(_directory.FullName, "user.js"), text.ToString());
    }

    /// <summary>Where it is.</summary>
    public string Folder => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
