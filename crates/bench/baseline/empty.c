/* An empty WebKitGTK window: the least a window with a page can cost. */
#include <webkit2/webkit2.h>

int main(int count, char **arguments) {
    gtk_init(&count, &arguments);
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_default_size(GTK_WINDOW(window), 1100, 720);
    GtkWidget *view = webkit_web_view_new();
    gtk_container_add(GTK_CONTAINER(window), view);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    webkit_web_view_load_html(WEBKIT_WEB_VIEW(view), "<!doctype html><body style='background:#369'>", NULL);
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
