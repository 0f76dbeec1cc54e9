using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Parley.Interop.Peers.Browser))]

namespace Parley.Interop.Peers;

/// <summary>
/// Debian's Chromium, started once for the whole run, with a fake camera and microphone. Each page gets a profile of its own.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>What the browser calls itself, such as <c>156.0.8078.79</c>.</summary>
    public string Version => _browser!.Version;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Programs.FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException("Chromium is not installed; ./test installs it."),
            Headless = true,
            Timeout = Milliseconds,
            Args =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
                "--disable-features=WebRtcHideLocalIpsWithMdns",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    // The most that one step may take, for Playwright.
    private static float Milliseconds => (float)Until.Limit.TotalMilliseconds;

    /// <summary>Opens Parley's page in a room.</summary>
    /// <param name="server">Where the page is served.</param>
    /// <param name="room">The room.</param>
    /// <param name="name">The person's name.</param>
    /// <param name="camera">Whether the browser has a camera and a microphone.</param>
    public async Task<CallPage> OpenAsync(Uri server, string room, string name, bool camera = true)
    {
        IBrowserContext context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(Milliseconds);
        IPage page = await context.NewPageAsync();
        if (!camera)
        {
            await page.AddInitScriptAsync(
                "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));");
        }

        var callPage = new CallPage(context, page);
        await callPage.OpenAsync(
            new Uri(
                server,
                $"{(server.Query.Length > 0 ? server.Query + "&" : "?")}room={Uri.EscapeDataString(room)}&name="
                + $"{Uri.EscapeDataString(name)}"));
        return callPage;
    }

    /// <summary>Opens an empty page of a secure origin, in a profile of its own.</summary>
    public async Task<IPage> OpenBlankAsync()
    {
        IBrowserContext context = await _browser!.NewContextAsync();
        context.SetDefaultTimeout(Milliseconds);
        IPage page = await context.NewPageAsync();
        await page.RouteAsync("**/*", route =>
            route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<!doctype html><title>peer</title>" }));
        await page.GotoAsync("https://peer.invalid/");
        return page;
    }
}
